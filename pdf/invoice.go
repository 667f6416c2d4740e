package pdf

import "io"

// Invoice asks for money, and says what of it is paid and what is due.
type Invoice struct {
	Paper
	Status OrderStatus
}

func (i Invoice) sheet() sheet {
	return sheet{Paper: i.Paper, aside: aside{heading: i.Status.Heading, facts: i.Status.Facts}}
}

// WriteInvoice draws i on w. It fails if DatedAt is zero or w fails.
func WriteInvoice(w io.Writer, i Invoice) (Report, error) {
	return write(w, i.sheet(), defaults)
}

package pdf

import "io"

// CreditNote takes back what an invoice asked for, and says how the money went.
type CreditNote struct {
	Paper
	Refund Payment
}

func (c CreditNote) sheet() sheet {
	p := c.Refund
	return sheet{Paper: c.Paper, aside: aside{heading: p.Heading, facts: []Fact{p.Method, p.PaidOn, p.Reference}}}
}

// WriteCreditNote draws c on w. It fails if DatedAt is zero or w fails.
func WriteCreditNote(w io.Writer, c CreditNote) (Report, error) {
	return write(w, c.sheet(), defaults)
}

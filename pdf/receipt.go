package pdf

import "io"

// Receipt confirms that money was received.
type Receipt struct {
	Paper
	Payment Payment
}

// Payment says how and when the money came. A fact without a value is left out.
type Payment struct {
	Heading   string
	Method    Fact // brand and ending digits, never a whole number
	PaidOn    Fact
	Reference Fact
}

func (r Receipt) sheet() sheet {
	p := r.Payment
	return sheet{Paper: r.Paper, aside: aside{heading: p.Heading, facts: []Fact{p.Method, p.PaidOn, p.Reference}}}
}

// WriteReceipt draws r on w. It fails if DatedAt is zero or w fails.
func WriteReceipt(w io.Writer, r Receipt) (Report, error) {
	return write(w, r.sheet(), defaults)
}

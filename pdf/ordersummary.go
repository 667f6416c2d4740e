package pdf

import "io"

// OrderSummary shows an order as it stands. It is not an issued document and
// is drawn anew for each reader.
type OrderSummary struct {
	Paper
	Status OrderStatus
}

// OrderStatus is the state of the order: "Paid on 3 May 2026", with what the
// customer may want to know beside it (payment method, next payment).
type OrderStatus struct {
	Heading string
	Facts   []Fact
}

func (s OrderSummary) sheet() sheet {
	return sheet{Paper: s.Paper, aside: aside{s.Status.Heading, s.Status.Facts}}
}

// WriteOrderSummary draws s on w. It fails if DatedAt is zero or w fails.
func WriteOrderSummary(w io.Writer, s OrderSummary) (Report, error) {
	return write(w, s.sheet(), defaults)
}

package pdf

import "io"

// OrderSummary shows an order as it stands. It is not an issued document and
// is drawn anew for each reader.
type OrderSummary struct {
	Paper
	Status OrderStatus
	Online Online
}

// OrderStatus is how things stand: "Paid on 3 May 2026", with what the customer
// may want to know beside it (payment method, next payment).
type OrderStatus struct {
	Heading string
	Facts   []Fact
}

// Online is the way to pay an order that is not paid: the link as a code for a
// phone's camera, which is a link in the file too, with a short text beside it.
// Without a link there is none.
type Online struct {
	Link    string
	Heading string
	Text    string
}

func (s OrderSummary) sheet() sheet {
	return sheet{Paper: s.Paper, aside: aside{s.Status.Heading, s.Status.Facts, s.Online}}
}

// WriteOrderSummary draws s on w. It fails if DatedAt is zero or w fails.
func WriteOrderSummary(w io.Writer, s OrderSummary) (Report, error) {
	return write(w, s.sheet(), defaults)
}

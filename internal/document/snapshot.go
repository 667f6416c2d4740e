package document

import "time"

// Snapshot is everything a document says, as it was when the document was issued.
// Amounts are decimals of Currency; prices include their tax.
type Snapshot struct {
	Language      string     `json:"language"`
	TimeZone      string     `json:"time_zone"`
	Currency      string     `json:"currency"`
	Seller        Party      `json:"seller"`
	Legal         []string   `json:"legal,omitempty"` // for the foot of the paper
	Accent        string     `json:"accent,omitempty"`
	Logo          string     `json:"logo,omitempty"` // hash of the picture in the letterhead
	Customer      Party      `json:"customer"`
	OrderID       string     `json:"order_id"`
	InvoiceID     string     `json:"invoice_id"` // the merchant's own number of the order
	OrderedAt     time.Time  `json:"ordered_at"`
	InvoiceNumber string     `json:"invoice_number,omitempty"` // on a receipt: of the invoice issued with it
	Notes         []string   `json:"notes,omitempty"`
	Lines         []Line     `json:"lines"`
	Subtotal      string     `json:"subtotal"` // before discount and fees
	Discount      string     `json:"discount"`
	Fees          string     `json:"fees"`
	Total         string     `json:"total"`
	Taxes         []TaxTotal `json:"taxes,omitempty"` // add up to Total; empty where there is no tax at all
	Payments      []Paid     `json:"payments,omitempty"`
	Paid          string     `json:"paid"` // the sum of Payments
	Due           string     `json:"due"`
}

// Party is a seller or a customer on paper.
type Party struct {
	Name    string   `json:"name"`
	Address []string `json:"address,omitempty"`
	Country string   `json:"country,omitempty"` // ISO 3166-1 alpha-2; empty where Address names it
	TaxID   string   `json:"tax_id,omitempty"`
	Email   string   `json:"email,omitempty"`
	Phone   string   `json:"phone,omitempty"`
	Website string   `json:"website,omitempty"`
}

// Line is one line on paper. Total is Quantity × Unit − Discount + Fee.
type Line struct {
	Name        string `json:"name"`
	Description string `json:"description,omitempty"`
	Quantity    int64  `json:"quantity"`
	Unit        string `json:"unit"` // price of one
	Discount    string `json:"discount"`
	Fee         string `json:"fee"`
	RatePPM     int64  `json:"rate_ppm,omitempty"` // zero when the tax was told as an amount
	Tax         string `json:"tax"`                // included in Total
	Total       string `json:"total"`
}

// TaxTotal is what of the total is taxed alike. Without a rate, the tax was told
// as amounts; without a tax either, there is none, as on fees.
type TaxTotal struct {
	RatePPM int64  `json:"rate_ppm,omitempty"`
	Net     string `json:"net"`
	Tax     string `json:"tax"`
	Gross   string `json:"gross"`
	Taxed   bool   `json:"taxed"`
}

// Paid is one payment on paper.
type Paid struct {
	At        time.Time `json:"at"`
	Method    Method    `json:"method"`
	Reference string    `json:"reference,omitempty"`
	Amount    string    `json:"amount"`
}

// Method is how it was paid, masked.
type Method struct {
	Brand string `json:"brand"`
	BIN   string `json:"bin,omitempty"` // says which scheme's card a wallet holds
	Last4 string `json:"last4"`
}

package order

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/quittance/quittance/internal/catalog"
	"github.com/quittance/quittance/internal/fault"
	"github.com/quittance/quittance/internal/money"
)

func at(field, code, public string) []fault.Field {
	return []fault.Field{{Pointer: field, Code: code, Public: public}}
}

func TestPriceOfALine(t *testing.T) {
	t.Parallel()
	eur, _ := money.ParseCurrency("EUR")
	catalogue := catalog.Details{Price: money.New(2000, eur), Discount: money.New(100, eur), Fee: money.New(50, eur), Tax: 190_000}
	tenth := catalog.Details{Price: money.New(2000, eur), DiscountRate: 100_000, Tax: 190_000}
	for _, tt := range []struct {
		name               string
		of                 catalog.Details
		in                 SaleLine
		rate               money.PPM
		tax, total         int64
		wrongField, reason string
	}{
		{name: "the catalogue's price", rate: 190_000, tax: 910, total: 5850},
		{name: "an amount of the order's own", in: SaleLine{Amount: "10.00"}, rate: 190_000, tax: 431, total: 2850},
		{name: "the seed's discount and fee", in: SaleLine{Amount: "20.00", Discount: "10", Fee: "20"}, rate: 190_000, tax: 479, total: 9000},
		{name: "a tax told as an amount", in: SaleLine{Tax: "1.25"}, tax: 375, total: 5850},
		{name: "a discount that takes all", in: SaleLine{Discount: "20.00", Fee: "0"}, rate: 190_000},
		{name: "a discount above the price", in: SaleLine{Discount: "20.01"}, wrongField: "discount_amount", reason: "discount_too_large"},
		{name: "an amount below the catalogue's discount", in: SaleLine{Amount: "0.50"}, wrongField: "discount_amount", reason: "discount_too_large"},
		{name: "a tax above the discounted price", in: SaleLine{Tax: "19.01"}, wrongField: "tax_amount", reason: "tax_too_large"},
		{name: "a rate of the catalogue's price", of: tenth, rate: 190_000, tax: 862, total: 5400},
		{name: "the rate of an amount of the order's own", of: tenth, in: SaleLine{Amount: "10.05"}, rate: 190_000, tax: 433, total: 2712},
		{name: "an amount in place of the rate", of: tenth, in: SaleLine{Discount: "0"}, rate: 190_000, tax: 958, total: 6000},
		{name: "a percentage", in: SaleLine{Discount: "10%"}, wrongField: "discount_amount", reason: "amount"},
		{name: "a negative fee", in: SaleLine{Fee: "-1"}, wrongField: "fee_amount", reason: "amount"},
		{name: "more than fits", in: SaleLine{Amount: "92233720368547758.07"}, wrongField: "amount", reason: "too_large"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if tt.of.Price.IsZero() {
				tt.of = catalogue
			}
			l := Line{Quantity: 3}
			bad := l.reprice(tt.in, tt.of, at)
			if tt.reason != "" {
				if len(bad) != 1 || bad[0].Pointer != tt.wrongField || bad[0].Code != tt.reason {
					t.Fatalf("refused with %v", bad)
				}
				return
			}
			if len(bad) > 0 || l.Tax.Minor() != tt.tax || l.Total.Minor() != tt.total || l.TaxRate != tt.rate {
				t.Fatalf("%d with tax %d at %d, %v", l.Total.Minor(), l.Tax.Minor(), l.TaxRate, bad)
			}
		})
	}
}

// Whatever the prices: fees come on top untaxed, and tax never exceeds what it is
// included in.
func TestTaxIsPartOfTheDiscountedPrice(t *testing.T) {
	t.Parallel()
	eur, _ := money.ParseCurrency("EUR")
	rapid.Check(t, func(t *rapid.T) {
		unit := rapid.Int64Range(0, 1e9).Draw(t, "unit")
		l := Line{Quantity: rapid.Int64Range(1, 1e6).Draw(t, "quantity")}
		p := catalog.Details{Price: money.New(unit, eur), Fee: money.New(rapid.Int64Range(0, 1e9).Draw(t, "fee"), eur), Tax: money.PPM(rapid.Int64Range(0, 1e6).Draw(t, "rate"))}
		if rapid.Bool().Draw(t, "discount in per cent") {
			p.DiscountRate = money.PPM(rapid.Int64Range(0, 1e6).Draw(t, "discount"))
		} else {
			p.Discount = money.New(rapid.Int64Range(0, unit).Draw(t, "discount"), eur)
		}
		if bad := l.reprice(SaleLine{}, p, at); len(bad) > 0 {
			t.Fatal(bad)
		}
		taxed := l.Quantity * (unit - l.Discount.Minor())
		if l.Total.Minor() != taxed+l.Quantity*l.Fee.Minor() || l.Tax.IsNegative() || l.Tax.Minor() > taxed {
			t.Fatalf("%d with tax %d", l.Total.Minor(), l.Tax.Minor())
		}
	})
}

package i18n

import (
	"errors"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/quittance/quittance/internal/money"
)

func TestMatchTakesTheFirstWishThatIsOurs(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		param, customer, accept string
		want                    string
	}{
		"nothing":               {want: "en"},
		"address wins":          {param: "de", customer: "en", accept: "en", want: "de"},
		"customer before agent": {customer: "de", accept: "en-GB,en;q=0.9", want: "de"},
		"agent":                 {accept: "de-AT,de;q=0.9,en;q=0.8", want: "de"},
		"agent's second choice": {accept: "fr-FR,de;q=0.5", want: "de"},
		"weights":               {accept: "de;q=0.2, en;q=0.8", want: "en"},
		"region":                {param: "de-CH", want: "de"},
		"foreign address":       {param: "fr", customer: "de", want: "de"},
		"all foreign":           {param: "fr", customer: "pl", accept: "ja", want: "en"},
		"nonsense":              {param: "'; --", customer: "\x00", accept: "*;;q=x", want: "en"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			if got := Match(tt.param, tt.customer, tt.accept).Lang(); got != tt.want {
				t.Errorf("Match(%q, %q, %q) = %s, want %s", tt.param, tt.customer, tt.accept, got, tt.want)
			}
		})
	}
}

func TestTextFillsPlaceholders(t *testing.T) {
	t.Parallel()

	if got, want := For("de").T("portal.status.paid", "date", "3. Mai 2026"), "Bezahlt am 3. Mai 2026"; got != want {
		t.Errorf("T = %q, want %q", got, want)
	}
	if got, want := (Localizer{}).T("unpaid.continue"), "Continue to payment"; got != want {
		t.Errorf("zero Localizer says %q, want %q", got, want)
	}
}

func TestTextRefusesWhatItCannotSay(t *testing.T) {
	t.Parallel()

	if _, err := For("en").Text("no.such.key"); !errors.Is(err, ErrNoText) {
		t.Errorf("missing key: %v, want ErrNoText", err)
	}
	if _, err := For("en").Text("portal.status.paid", "date"); err == nil {
		t.Error("a name without a value was taken")
	}
	if _, err := For("en").Text("portal.status.paid", 1, "x"); err == nil {
		t.Error("a number was taken for a name")
	}
	if got := For("de").T("no.such.key"); got != "no.such.key" {
		t.Errorf("T of a missing key = %q, want the key", got)
	}
}

func TestFaultFallsBackToItsOwnSentence(t *testing.T) {
	t.Parallel()

	if got := For("de").Fault("never_heard_of", "Public."); got != "Public." {
		t.Errorf("Fault = %q, want its own sentence", got)
	}
	if got := For("de").Fault("profile_not_found", "x"); got == "x" {
		t.Error("a fault with a German text got its fallback")
	}
	if got := For("de").Field("required", "x"); got == "x" {
		t.Error("a field message with a German text got its fallback")
	}
}

func TestLoadRefusesAKeyTwice(t *testing.T) {
	t.Parallel()

	one := &fstest.MapFile{Data: []byte(`{"a.b": "text"}`)}
	if _, err := load(fstest.MapFS{"messages/x.en.json": one, "messages/y.en.json": one}); err == nil {
		t.Error("a key in two files was taken")
	}
}

func TestPluralsAndFallbackToEnglish(t *testing.T) {
	t.Parallel()

	l, err := load(fstest.MapFS{
		"messages/x.en.json": {Data: []byte(`{"n": {"one": "{{.count}} try", "other": "{{.count}} tries"}}`)},
		"messages/x.de.json": {Data: []byte(`{"n": {"one": "{{.count}} Versuch", "other": "{{.count}} Versuche"}}`)},
	})
	if err != nil {
		t.Fatalf("load: %v", err)
	}
	for count, want := range map[int]string{1: "1 Versuch", 3: "3 Versuche"} {
		if got := (Localizer{l.byCode["de"]}).T("n", "count", count); got != want {
			t.Errorf("T = %q, want %q", got, want)
		}
	}
	if got := For("xx").T("portal.paid"); got != "Paid" {
		t.Errorf("a language that is not ours says %q, want English", got)
	}
}

func TestMoney(t *testing.T) {
	t.Parallel()

	usd, err := money.ParseCurrency("USD")
	if err != nil {
		t.Fatal(err)
	}
	chf, err := money.ParseCurrency("CHF")
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		amount money.Amount
		en, de string
	}{
		"euro":         {money.New(12400, money.EUR), "€124.00", "124,00\u00a0€"},
		"thousands":    {money.New(123456789, money.EUR), "€1,234,567.89", "1.234.567,89\u00a0€"},
		"exact three":  {money.New(99999, money.EUR), "€999.99", "999,99\u00a0€"},
		"below one":    {money.New(5, money.EUR), "€0.05", "0,05\u00a0€"},
		"negative":     {money.New(-1300, money.EUR), "-€13.00", "-13,00\u00a0€"},
		"zero":         {money.New(0, money.EUR), "€0.00", "0,00\u00a0€"},
		"no decimals":  {money.New(12400, money.JPY), "¥12,400", "12.400\u00a0¥"},
		"three":        {money.New(1250, money.KWD), "KWD\u00a01.250", "1,250\u00a0KWD"},
		"dollar":       {money.New(100, usd), "$1.00", "1,00\u00a0$"},
		"code as sign": {money.New(100, chf), "CHF\u00a01.00", "1,00\u00a0CHF"},
		"no currency":  {money.Amount{}, "0", "0"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			for lang, want := range map[string]string{"en": tt.en, "de": tt.de} {
				if got := For(lang).Money(tt.amount); got != want {
					t.Errorf("Money(%v) in %s = %q, want %q", tt.amount, lang, got, want)
				}
			}
		})
	}
}

func TestMoneyAtOnce(t *testing.T) {
	t.Parallel()

	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			if got := For("de").Money(money.New(1250, money.KWD)); got != "1,250\u00a0KWD" {
				t.Errorf("Money = %q", got)
			}
		})
	}
	wg.Wait()
}

func TestNumber(t *testing.T) {
	t.Parallel()

	for n, want := range map[int64][2]string{0: {"0", "0"}, 999: {"999", "999"}, -1234: {"-1,234", "-1.234"}, 1000000: {"1,000,000", "1.000.000"}} {
		if en, de := For("en").Number(n), For("de").Number(n); en != want[0] || de != want[1] {
			t.Errorf("Number(%d) = %q and %q, want %q", n, en, de, want)
		}
	}
}

func TestDateIsOfTheZone(t *testing.T) {
	t.Parallel()

	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	late := time.Date(2026, 5, 2, 22, 30, 0, 0, time.UTC)
	tests := map[string]struct {
		got, want string
	}{
		"English":           {For("en").Date(late, berlin), "3 May 2026"},
		"German":            {For("de").Date(late, berlin), "3. Mai 2026"},
		"another zone":      {For("de").Date(late, time.UTC), "2. Mai 2026"},
		"March":             {For("de").Date(time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), time.UTC), "1. März 2026"},
		"with time":         {For("en").DateTime(late, berlin), "3 May 2026, 00:30\u00a0CEST"},
		"with time, German": {For("de").DateTime(late, berlin), "3. Mai 2026, 00:30\u00a0MESZ"},
	}
	for name, tt := range tests {
		if tt.got != tt.want {
			t.Errorf("%s: %q, want %q", name, tt.got, tt.want)
		}
	}
}

func BenchmarkText(b *testing.B) {
	for name, key := range map[string]string{"plain": "portal.paid", "filled": "portal.status.paid"} {
		b.Run(name, func(b *testing.B) {
			l := For("de")
			for b.Loop() {
				l.T(key, "date", "3. Mai 2026")
			}
		})
	}
	b.Run("money", func(b *testing.B) {
		l := For("de")
		for b.Loop() {
			l.Money(money.New(12400, money.EUR))
		}
	})
	b.Run("date", func(b *testing.B) {
		l, now := For("de"), time.Date(2026, 5, 2, 22, 30, 0, 0, time.UTC)
		for b.Loop() {
			l.Date(now, time.UTC)
		}
	})
}

package browser_test

import "testing"

func TestGermanAllTheWay(t *testing.T) {
	t.Parallel()
	for name, how := range map[string]struct {
		language string
		chosen   bool
		receipt  []string
	}{
		"order made in German": {language: "de", receipt: []string{"Quittung", "Gesamtbetrag", "124,00 €", "Bezahlt am"}},
		"chosen by the reader": {language: "en", chosen: true, receipt: []string{"Receipt", "€124.00"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := startDemo(t)
			var got struct{ Receipt string }
			journey(t, "german", map[string]any{"link": d.shop.order(t, philippa(how.language)).Link, "chosen": how.chosen}, nil, &got)
			wantPDF(t, got.Receipt, how.receipt...)
		})
	}
}

func TestWithoutJavaScriptUpToTheCardFields(t *testing.T) {
	t.Parallel()
	d := startDemo(t)
	journey(t, "noscript", map[string]any{"link": d.shop.order(t, philippa("en")).Link}, nil, nil)
	d.gateway.wantCharges(t, 0)
}

func TestKeyboardAloneAndNothingForAxe(t *testing.T) {
	t.Parallel()
	d := startDemo(t)
	journey(t, "keyboard", map[string]any{"link": d.shop.order(t, philippa("en")).Link}, nil, nil)
	d.gateway.wantCharges(t, 1)
}

package app

import (
	"net/http"
	"slices"

	"github.com/a-h/templ"

	"github.com/quittance/quittance/static"
	"github.com/quittance/quittance/templates/demo"
)

// withStart puts the demo's start page before the portal, which has none.
func (d *demoLife) withStart(portal http.Handler, ready DemoReady) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" || (r.Method != http.MethodGet && r.Method != http.MethodHead) {
			portal.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
		w.Header().Set("Referrer-Policy", "no-referrer")
		w.Header().Set("Cache-Control", "no-store")
		templ.Handler(demo.StartPage(d.page(ready))).ServeHTTP(w, r)
	})
}

// page is what the start page shows now, in the order of the situations.
func (d *demoLife) page(ready DemoReady) demo.Start {
	d.mu.Lock()
	defer d.mu.Unlock()
	found := slices.Clone(d.found)
	at := func(s demo.Situation) int {
		return slices.IndexFunc(situations, func(x situation) bool { return x.name == s.Name })
	}
	slices.SortStableFunc(found, func(a, b demo.Situation) int { return at(a) - at(b) })
	return demo.Start{Stylesheet: static.URL("css/app.css"), PaymentLink: ready.PaymentLink, MailURL: ready.MailURL, GatewayURL: ready.GatewayURL,
		APIURL: ready.BaseURL + "/api/v1/docs", Situations: found, Complete: d.done, Wrong: d.wrong}
}

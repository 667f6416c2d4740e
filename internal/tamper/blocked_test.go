package tamper_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/quittance/quittance/internal/tamper"
)

func TestWhatOfAReportIsKept(t *testing.T) {
	t.Parallel()

	const page = "https://pay.example/checkout/att_1"
	for name, c := range map[string]struct {
		report tamper.Report
		want   string // empty: nothing
	}{
		"a script from elsewhere":        {tamper.Report{Directive: "script-src-elem", Blocked: "https://skim.example/x.js?card=4111", File: page}, "script-src-elem https://skim.example"},
		"the origin alone":               {tamper.Report{Directive: "connect-src", Blocked: "https://user:secret@Skim.example:8443/take#4111"}, "connect-src https://skim.example:8443"},
		"a socket":                       {tamper.Report{Directive: "connect-src", Blocked: "wss://skim.example/"}, "connect-src wss://skim.example"},
		"an address of numbers":          {tamper.Report{Directive: "img-src", Blocked: "http://[2001:db8::1]:81/p.gif"}, "img-src http://[2001:db8::1]:81"},
		"a script in the page":           {tamper.Report{Directive: "script-src-elem", Blocked: "inline", File: page}, "script-src-elem inline"},
		"text that became a program":     {tamper.Report{Directive: "script-src", Blocked: "eval", File: page}, "script-src eval"},
		"a program in its address":       {tamper.Report{Directive: "script-src-elem", Blocked: "data"}, "script-src-elem data"},
		"the same, written out":          {tamper.Report{Directive: "frame-src", Blocked: "data:text/html,4111"}, "frame-src data"},
		"a program from memory":          {tamper.Report{Directive: "worker-src", Blocked: "blob:https://pay.example/1"}, "worker-src blob"},
		"a form that leads elsewhere":    {tamper.Report{Directive: "form-action", Blocked: "https://skim.example/take"}, "form-action https://skim.example"},
		"the directive of an old one":    {tamper.Report{Directive: "script-src 'nonce-x' https://gw.example", Blocked: "https://skim.example"}, "script-src https://skim.example"},
		"an extension's script":          {tamper.Report{Directive: "script-src-elem", Blocked: "chrome-extension", File: page}, ""},
		"an extension's address":         {tamper.Report{Directive: "script-src-elem", Blocked: "moz-extension://0-1/x.js"}, ""},
		"what an extension loads":        {tamper.Report{Directive: "script-src-elem", Blocked: "https://coupons.example/x.js", File: "chrome-extension"}, ""},
		"what an extension writes":       {tamper.Report{Directive: "script-src-elem", Blocked: "inline", File: "safari-web-extension://0-1/x.js"}, ""},
		"what Firefox runs for one":      {tamper.Report{Directive: "script-src", Blocked: "eval", File: "sandbox eval code"}, ""},
		"a blank frame":                  {tamper.Report{Directive: "frame-src", Blocked: "about"}, ""},
		"a translator's style":           {tamper.Report{Directive: "style-src-attr", Blocked: "inline", File: page}, ""},
		"a password manager's picture":   {tamper.Report{Directive: "img-src", Blocked: "data"}, ""},
		"a password manager's font":      {tamper.Report{Directive: "font-src", Blocked: "data:font/woff;base64,AA"}, ""},
		"nothing":                        {tamper.Report{}, ""},
		"no directive":                   {tamper.Report{Directive: "steal-src", Blocked: "https://skim.example"}, ""},
		"no source":                      {tamper.Report{Directive: "script-src"}, ""},
		"no host":                        {tamper.Report{Directive: "script-src", Blocked: "https:///x"}, ""},
		"a host that no browser writes":  {tamper.Report{Directive: "script-src", Blocked: "https://<b>skim</b>/"}, ""},
		"a host that is too long":        {tamper.Report{Directive: "script-src", Blocked: "https://" + strings.Repeat("a", 201)}, ""},
		"a program of the page's memory": {tamper.Report{Directive: "script-src-elem", Blocked: "https://skim.example/x.js", File: "blob"}, "script-src-elem https://skim.example"},
	} {
		b, telling := c.report.Telling(tamper.Checkout)
		if got := strings.TrimSpace(b.Directive + " " + b.Source); telling != (c.want != "") || (telling && got != c.want) {
			t.Errorf("%s: %t %q, want %q", name, telling, got, c.want)
		}
	}
}

func TestNoReportBringsMoreThanAnOrigin(t *testing.T) {
	t.Parallel()

	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.StringMatching(`(https?|wss?|data|blob|about)://?[a-zA-Z0-9.:@\[\]%<>"' -]{0,300}[/?#].*`))
		r := tamper.Report{Directive: rapid.SampledFrom([]string{"script-src", "img-src", "frame-src https:"}).Draw(t, "directive"), Blocked: text.Draw(t, "blocked")}
		b, telling := r.Telling(tamper.Embed)
		if !telling {
			return
		}
		_, site, isOrigin := strings.Cut(b.Source, "://")
		if len(b.Source) > 220 || (isOrigin && strings.ContainsAny(site, "/?#@ <>\"'%")) || strings.ContainsAny(b.Directive, " :") {
			t.Fatalf("%q gives %q %q", r.Blocked, b.Directive, b.Source)
		}
	})
}

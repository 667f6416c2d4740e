package web_test

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"github.com/quittance/quittance/internal/testkit"
)

// visitor is one browser without scripts: it keeps cookies, follows nothing by
// itself and posts back what the page's form has.
type visitor struct {
	t    *testing.T
	app  *testkit.App
	http *http.Client
	lang string // Accept-Language
}

func newVisitor(t *testing.T, app *testkit.App) *visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return &visitor{t: t, app: app, lang: "en", http: &http.Client{Jar: jar, Transport: transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// answer is one response, read whole.
type answer struct {
	*http.Response
	t    *testing.T
	body string
	doc  *goquery.Document
}

func (v *visitor) do(method, address string, form url.Values) answer {
	v.t.Helper()
	media := ""
	if form != nil {
		media = "application/x-www-form-urlencoded"
	}
	return v.send(method, address, media, form.Encode())
}

func (v *visitor) send(method, address, media, body string) answer {
	v.t.Helper()
	if strings.HasPrefix(address, "/") {
		address = v.app.URL + address
	}
	req, err := http.NewRequestWithContext(v.t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		v.t.Fatal(err)
	}
	req.Header.Set("Accept-Language", v.lang)
	if media != "" {
		req.Header.Set("Content-Type", media)
	}
	resp, err := v.http.Do(req)
	if err != nil {
		v.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(string(raw)))
	if err != nil {
		v.t.Fatal(err)
	}
	a := answer{resp, v.t, string(raw), doc}
	if strings.HasPrefix(address, v.app.URL) {
		a.wantUnframed()
	}
	return a
}

func (v *visitor) get(address string) answer { v.t.Helper(); return v.do(http.MethodGet, address, nil) }

// follow opens an address and goes where it leads.
func (v *visitor) follow(address string) answer {
	v.t.Helper()
	a := v.get(address)
	for range 5 {
		if a.StatusCode != http.StatusSeeOther {
			return a
		}
		a = v.get(a.Header.Get("Location"))
	}
	v.t.Fatalf("%s leads nowhere", a.Request.URL.Path)
	return a
}

// submit posts the page's form with its hidden fields and those given.
func (v *visitor) submit(page answer, fields ...string) answer {
	v.t.Helper()
	form := page.doc.Find("form[method=post]")
	if form.Length() != 1 {
		v.t.Fatalf("%d forms on %s", form.Length(), page.Request.URL.Path)
	}
	values := url.Values{}
	for _, field := range form.Find("input[type=hidden]").EachIter() {
		values.Set(field.AttrOr("name", ""), field.AttrOr("value", ""))
	}
	for i := 0; i+1 < len(fields); i += 2 {
		values.Set(fields[i], fields[i+1])
	}
	return v.do(http.MethodPost, form.AttrOr("action", ""), values)
}

// startPaying opens an order's link and goes on to the card fields.
func (v *visitor) startPaying(o testkit.Order) answer {
	v.t.Helper()
	a := v.submit(v.follow(o.Link), "consent_terms", "1")
	a.wantStatus(http.StatusSeeOther)
	return v.get(a.Header.Get("Location"))
}

// returnURL is where the widget on a page would send the browser.
func (a answer) returnURL() string {
	a.t.Helper()
	action := a.doc.Find("form.paymentWidgets").AttrOr("action", "")
	if action == "" {
		a.t.Fatalf("%s: no widget on %s", a.Request.URL.Path, a.text("h1"))
	}
	return action
}

// gatewayID is the gateway's name of the checkout on a page.
func (a answer) gatewayID() string {
	a.t.Helper()
	u, err := url.Parse(a.doc.Find("script").Last().AttrOr("src", ""))
	if err != nil || u.Query().Get("checkoutId") == "" {
		a.t.Fatalf("%s: no gateway's script: %v", a.Request.URL.Path, err)
	}
	return u.Query().Get("checkoutId")
}

func (a answer) text(selector string) string {
	return strings.Join(strings.Fields(a.doc.Find(selector).Text()), " ")
}

func (a answer) wantStatus(want int) answer {
	a.t.Helper()
	if a.StatusCode != want {
		a.t.Fatalf("%s %s = %d %s, want %d", a.Request.Method, a.Request.URL.Path, a.StatusCode, a.text("h1"), want)
	}
	return a
}

func (a answer) wantText(selector, want string) answer {
	a.t.Helper()
	if got := a.text(selector); !strings.Contains(got, want) {
		a.t.Errorf("%s: %s says %q, want %q", a.Request.URL.Path, selector, got, want)
	}
	return a
}

func (a answer) wantNone(selector string) answer {
	a.t.Helper()
	if n := a.doc.Find(selector).Length(); n != 0 {
		a.t.Errorf("%s: %d of %s, want none", a.Request.URL.Path, n, selector)
	}
	return a
}

func (a answer) wantLeadsTo(path string) answer {
	a.t.Helper()
	a.wantStatus(http.StatusSeeOther)
	if got := a.Header.Get("Location"); got != path {
		a.t.Errorf("%s leads to %s, want %s", a.Request.URL.Path, got, path)
	}
	return a
}

func orderPath(o testkit.Order) string { return "/orders/" + string(o.ID) }

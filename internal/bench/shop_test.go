package bench

import (
	"html"
	"io"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/testkit"
	"github.com/quittance/quittance/templates/ui"
	"github.com/quittance/quittance/web/form"
)

// shop is the whole application with orders in it, and for each order a browser
// that came by its link.
type shop struct {
	*testkit.App
	client *http.Client
	paid   []visit
	unpaid []visit
}

// visit is what a browser holds after it opened an order's payment link.
type visit struct {
	page   string      // the order's address
	header http.Header // with the cookie
	csrf   string      // of the form of an unpaid order
}

// openShop starts an application with so many orders of 2 lines: the paid ones
// have 1 transaction and 2 documents each.
func openShop(tb testing.TB, client *http.Client, o testkit.Options, paid, unpaid int) *shop {
	tb.Helper()
	s := &shop{App: testkit.Start(tb, o), client: client}
	orders := s.sell(paid + unpaid)
	s.settle(orders[:paid])
	for _, o := range orders[:paid] {
		s.paid = append(s.paid, s.open(o))
	}
	for _, o := range orders[paid:] {
		v := s.open(o)
		v.csrf = s.csrf(v)
		s.unpaid = append(s.unpaid, v)
	}
	s.wantWhole()
	return s
}

// newClient keeps its connections and follows nothing.
func newClient(tb testing.TB) *http.Client {
	tb.Helper()
	transport := &http.Transport{MaxIdleConnsPerHost: 4, DisableCompression: true}
	tb.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// send makes one request and reads its answer to the end. A form is posted as
// browsers do.
func send(tb testing.TB, client *http.Client, method, address string, header http.Header, posted url.Values) (*http.Response, []byte) {
	tb.Helper()
	req, err := http.NewRequestWithContext(tb.Context(), method, address, strings.NewReader(posted.Encode()))
	if err != nil {
		tb.Fatal(err)
	}
	req.Header.Set("Accept-Language", "en-GB,en;q=0.9")
	if posted != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	maps.Copy(req.Header, header)
	resp, err := client.Do(req)
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	content, err := io.ReadAll(resp.Body)
	if err != nil {
		tb.Fatal(err)
	}
	return resp, content
}

// get reads a page that must be there.
func get(tb testing.TB, client *http.Client, address string, header http.Header) []byte {
	tb.Helper()
	resp, content := send(tb, client, http.MethodGet, address, header, nil)
	if resp.StatusCode != http.StatusOK {
		tb.Fatalf("GET %s: %s\n%s", address, resp.Status, content)
	}
	return content
}

// open opens an order's payment link, as its customer's browser does.
func (s *shop) open(o order.Created) visit {
	s.TB.Helper()
	resp, _ := send(s.TB, s.client, http.MethodGet, s.URL+"/pay/"+o.Token, nil, nil)
	cookies := resp.Cookies()
	if resp.StatusCode != http.StatusSeeOther || len(cookies) != 1 {
		s.TB.Fatalf("open payment link: %s with %d cookies", resp.Status, len(cookies))
	}
	return visit{page: s.URL + resp.Header.Get("Location"), header: http.Header{"Cookie": {cookies[0].Name + "=" + cookies[0].Value}}}
}

var csrfField = regexp.MustCompile(`name="` + form.CSRFField + `" value="([^"]+)"`)

func (s *shop) csrf(v visit) string {
	s.TB.Helper()
	m := csrfField.FindSubmatch(get(s.TB, s.client, v.page, v.header))
	if m == nil {
		s.TB.Fatal("the page of an unpaid order has no form")
	}
	return html.UnescapeString(string(m[1]))
}

// checkOut posts "Continue to payment" for the next unpaid order and must be
// led to its checkout.
func (s *shop) checkOut() {
	s.TB.Helper()
	if len(s.unpaid) == 0 {
		s.TB.Fatal("no unpaid order is left")
	}
	v := s.unpaid[0]
	s.unpaid = s.unpaid[1:]
	resp, content := send(s.TB, s.client, http.MethodPost, v.page+"/pay", v.header, url.Values{form.CSRFField: {v.csrf}, ui.ConsentID: {"1"}})
	if resp.StatusCode != http.StatusSeeOther || !strings.HasPrefix(resp.Header.Get("Location"), "/checkout/") {
		s.TB.Fatalf("start checkout: %s to %q\n%s", resp.Status, resp.Header.Get("Location"), content)
	}
}

// wantWhole fails unless the portal shows what the report says it shows.
func (s *shop) wantWhole() {
	s.TB.Helper()
	for _, v := range []visit{s.paid[0], s.paid[len(s.paid)-1]} {
		page := string(get(s.TB, s.client, v.page, v.header))
		for part, want := range map[string]int{`data-testid="order-paid"`: 1, `data-testid="history-row"`: 1, "City bicycle, overhaul": 1, "Bell, brass": 1,
			`data-testid="download-receipt"`: 1, `data-testid="download-invoice"`: 1} {
			if got := strings.Count(page, part); got != want {
				s.TB.Fatalf("the portal has %d × %s, want %d\n%s", got, part, want, page)
			}
		}
	}
}

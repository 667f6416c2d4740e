package bench

import (
	"html"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/quittance/quittance/internal/paging"
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
	places []paging.Place // of the paid orders, in the list of all
	wanted string         // body of a call that makes one more order of the same
	wrote  bool           // since reading looked around
}

// visit is what a browser holds after it opened an order's payment link.
type visit struct {
	page   string      // the order's address
	header http.Header // with the cookie
	csrf   string      // of the form of an unpaid order
}

// openShop starts an application with n orders, the first one and those whose
// number unpaidEvery divides apart copies of it, and opens the links of a sample:
// of up to sampled paid ones and up to needed unpaid ones. All that is paid has 1
// transaction and 2 documents.
func openShop(tb testing.TB, client *http.Client, o testkit.Options, n, unpaidEvery, needed int) *shop {
	tb.Helper()
	s := &shop{App: testkit.Start(tb, o), client: client}
	first := s.sell()
	s.Multiply(first, n-1, unpaidEvery)
	s.visit(first, n-1, n)
	random := rand.New(rand.NewPCG(uint64(n), 1))
	for _, i := range random.Perm(n - 1)[:min(n-1, sampled)] {
		if i++; i%unpaidEvery != 0 {
			s.visit(s.Copy(first, i), i, n)
		}
	}
	for _, i := range random.Perm((n - 1) / unpaidEvery)[:needed] {
		v := s.open(s.Copy(first, (i+1)*unpaidEvery))
		v.csrf = s.csrf(v)
		s.unpaid = append(s.unpaid, v)
	}
	s.wantWhole()
	return s
}

// visit opens the link of the i-th copy of n orders, which is paid.
func (s *shop) visit(o testkit.Order, i, n int) {
	s.TB.Helper()
	s.paid = append(s.paid, s.open(o))
	s.places = append(s.places, paging.Place{At: o.CreatedAt.Add(time.Duration(i-n+1) * time.Second), Key: string(o.ID)})
}

// newClient keeps its connections and follows nothing.
func newClient(tb testing.TB) *http.Client {
	tb.Helper()
	transport := &http.Transport{MaxIdleConnsPerHost: 64, DisableCompression: true}
	tb.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// answer is what came back, read to the end.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// send makes one request. A form is posted as browsers do.
func send(tb testing.TB, client *http.Client, method, address string, header http.Header, posted url.Values) answer {
	tb.Helper()
	all := http.Header{"Accept-Language": {"en-GB,en;q=0.9"}}
	if posted != nil {
		all.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	maps.Copy(all, header)
	return exchange(tb, client, method, address, all, posted.Encode())
}

// exchange makes one request with a body, and reads the answer to its end.
func exchange(tb testing.TB, client *http.Client, method, address string, header http.Header, sent string) answer {
	tb.Helper()
	req, err := http.NewRequestWithContext(tb.Context(), method, address, strings.NewReader(sent))
	if err != nil {
		tb.Fatal(err)
	}
	maps.Copy(req.Header, header)
	resp, err := client.Do(req)
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		tb.Fatal(err)
	}
	return answer{resp.StatusCode, resp.Header, body}
}

// get reads a page that must be there.
func get(tb testing.TB, client *http.Client, address string, header http.Header) []byte {
	tb.Helper()
	a := send(tb, client, http.MethodGet, address, header, nil)
	if a.status != http.StatusOK {
		tb.Fatalf("GET %s: %d\n%s", address, a.status, a.body)
	}
	return a.body
}

// open opens an order's payment link, as its customer's browser does.
func (s *shop) open(o testkit.Order) visit {
	s.TB.Helper()
	a := send(s.TB, s.client, http.MethodGet, s.URL+"/pay/"+o.Token, nil, nil)
	cookie, _, _ := strings.Cut(a.header.Get("Set-Cookie"), ";")
	if a.status != http.StatusSeeOther || cookie == "" {
		s.TB.Fatalf("open payment link: %d with cookie %q", a.status, cookie)
	}
	return visit{page: s.URL + a.header.Get("Location"), header: http.Header{"Cookie": {cookie}}}
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
	a := send(s.TB, s.client, http.MethodPost, v.page+"/pay", v.header, url.Values{form.CSRFField: {v.csrf}, ui.ConsentID: {"1"}})
	if to := a.header.Get("Location"); a.status != http.StatusSeeOther || !strings.HasPrefix(to, "/checkout/") {
		s.TB.Fatalf("start checkout: %d to %q\n%s", a.status, to, a.body)
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

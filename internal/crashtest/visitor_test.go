//go:build linux

package crashtest

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"time"

	"github.com/PuerkitoBio/goquery"
)

// visitor is one browser without scripts. It tries again while servers are down.
type visitor struct {
	fleet  *fleet
	random *rand.Rand
	http   *http.Client
}

// newVisitor is a browser that has never been here, at an address of its own:
// all of 127.0.0.0/8 is this machine.
func newVisitor(f *fleet, random *rand.Rand) *visitor {
	jar, _ := cookiejar.New(nil) // cannot fail without options
	from := &net.TCPAddr{IP: net.IPv4(127, byte(1+random.IntN(250)), byte(random.IntN(250)), byte(1+random.IntN(250)))}
	home := f.host()
	dial := func(ctx context.Context, network, to string) (net.Conn, error) {
		d := net.Dialer{LocalAddr: from}
		if to == home {
			to = f.servers[rand.IntN(len(f.servers))]
		}
		return d.DialContext(ctx, network, to)
	}
	return &visitor{fleet: f, random: random, http: &http.Client{Jar: jar, Timeout: 30 * time.Second,
		Transport:     &http.Transport{DisableKeepAlives: true, DialContext: dial},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// answer is one response, read whole.
type answer struct {
	status   int
	location string
	body     []byte
}

func (a answer) page() *goquery.Document {
	doc, err := goquery.NewDocumentFromReader(bytes.NewReader(a.body))
	if err != nil {
		return &goquery.Document{Selection: &goquery.Selection{}}
	}
	return doc
}

// once sends one request.
func (v *visitor) once(ctx context.Context, method, address, media string, header map[string]string, body []byte) (answer, error) {
	if strings.HasPrefix(address, "/") {
		address = v.fleet.baseURL + address
	}
	req, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	if media != "" {
		req.Header.Set("Content-Type", media)
	}
	for name, value := range header {
		req.Header.Set(name, value)
	}
	resp, err := v.http.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	return answer{resp.StatusCode, resp.Header.Get("Location"), text}, err
}

// send sends a request until somebody answers it. An answer that tells of trouble
// is asked for a few times more, and then it is the answer.
func (v *visitor) send(ctx context.Context, method, address, media string, header map[string]string, body []byte) (answer, error) {
	var a answer
	troubles := 0
	err := eventually(ctx, 30*time.Millisecond, func() (bool, error) {
		var err error
		if a, err = v.once(ctx, method, address, media, header, body); err != nil {
			return false, nil //nolint:nilerr // nobody is there; ctx bounds the waiting
		}
		if a.status >= 500 {
			troubles++
		}
		return a.status < 500 || troubles > 6, nil
	})
	if err != nil {
		return a, fmt.Errorf("%s %s: %w", method, route(address), err)
	}
	return a, nil
}

// route is an address without what is secret in it.
func route(address string) string {
	path, _, _ := strings.Cut(address, "?")
	return path
}

func (v *visitor) get(ctx context.Context, address string) (answer, error) {
	return v.send(ctx, http.MethodGet, address, "", nil, nil)
}

// follow opens an address and goes where it leads.
func (v *visitor) follow(ctx context.Context, address string) (answer, error) {
	a, err := v.get(ctx, address)
	for range 6 {
		if err != nil || a.status != http.StatusSeeOther {
			break
		}
		a, err = v.get(ctx, a.location)
	}
	return a, err
}

// submit posts the one form of a page with its hidden fields and those given; ok
// is false when the page has none.
func (v *visitor) submit(ctx context.Context, a answer, more url.Values) (_ answer, ok bool, err error) {
	form := a.page().Find("form[method=post]").First()
	if form.Length() == 0 {
		return a, false, nil
	}
	values := url.Values{}
	for _, field := range form.Find("input[type=hidden]").EachIter() {
		values.Set(field.AttrOr("name", ""), field.AttrOr("value", ""))
	}
	for name := range more {
		values.Set(name, more.Get(name))
	}
	a, err = v.send(ctx, http.MethodPost, form.AttrOr("action", ""), "application/x-www-form-urlencoded", nil, []byte(values.Encode()))
	return a, true, err
}

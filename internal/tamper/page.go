package tamper

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Bounds of one look at the site.
const (
	pageTimeout = 20 * time.Second
	maxPage     = 1 << 20
)

// ErrUnseen means that the site gave no answer to compare.
var ErrUnseen = errors.New("tamper: the payment page cannot be fetched")

// headers are those that decide what a page may load, run and be framed by, or where
// it leads.
var headers = []string{
	"Content-Security-Policy", "Content-Security-Policy-Report-Only", "Reporting-Endpoints", "X-Frame-Options", "X-Content-Type-Options", "Referrer-Policy",
	"Cross-Origin-Opener-Policy", "Content-Type", "Link", "Location", "Refresh", "Service-Worker-Allowed",
}

const transportSecurity = "Strict-Transport-Security" // a proxy may well say more than we do

// answer is what came of a request.
type answer struct {
	status int
	header http.Header
	body   string
}

var (
	policyNonce = regexp.MustCompile(`'nonce-[^']*'`)
	pageNonce   = regexp.MustCompile(`nonce="[^"]*"`)
	scriptTag   = regexp.MustCompile(`(?i)<script\b[^>]*>`)
	sourceOf    = regexp.MustCompile(`(?i)\ssrc\s*=\s*["']?([^"'\s>]*)`)
)

// said is a header with every value, but without the nonce, which differs each time.
func (a answer) said(name string) string {
	return policyNonce.ReplaceAllString(strings.Join(a.header.Values(name), "\n"), "'nonce-'")
}

func (a answer) page() string { return pageNonce.ReplaceAllString(a.body, `nonce=""`) }

// scripts are the page's script elements, whole, by where they load from; one that
// is written into the page is called inline.
func (a answer) scripts() map[string][]string {
	all := map[string][]string{}
	for _, tag := range scriptTag.FindAllString(a.page(), -1) {
		src := "inline"
		if found := sourceOf.FindStringSubmatch(tag); found != nil {
			src = found[1]
		}
		all[src] = append(all[src], tag)
	}
	return all
}

// differs names what of a page is not as it was sent: headers, the sources of
// scripts, and the page itself. It is sorted, and empty for the same page.
func differs(path string, sent, got answer) []string {
	var found []string
	for _, name := range headers {
		if sent.said(name) != got.said(name) {
			found = append(found, name)
		}
	}
	if sent.header.Get(transportSecurity) != "" && !strings.Contains(got.header.Get(transportSecurity), "max-age=") {
		found = append(found, transportSecurity)
	}
	ours, theirs := sent.scripts(), got.scripts()
	for src, tags := range ours {
		if !slices.Equal(tags, theirs[src]) {
			found = append(found, src)
		}
	}
	for src := range theirs {
		if ours[src] == nil {
			found = append(found, src)
		}
	}
	if sent.status != got.status || sent.page() != got.page() {
		found = append(found, path)
	}
	slices.Sort(found)
	return found
}

// request is one as a browser makes it: who alters pages for browsers alone must not
// know us by it.
func request(ctx context.Context, address string) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, fmt.Errorf("tamper: %w", err)
	}
	req.Header.Set("User-Agent", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36")
	req.Header.Set("Accept", "text/html,application/xhtml+xml,*/*;q=0.8")
	req.Header.Set("Accept-Language", "en")
	return req, nil
}

// send is what this program answers by itself.
func (s *Service) send(ctx context.Context, path string) (answer, error) {
	req, err := request(ctx, s.BaseURL+path)
	if err != nil {
		return answer{}, err
	}
	req.RequestURI, req.RemoteAddr = req.URL.RequestURI(), "127.0.0.1:0"
	w := &kept{status: http.StatusOK, header: http.Header{}}
	s.Site.ServeHTTP(w, req)
	return answer{w.status, w.header, w.body.String()}, nil
}

// kept is an answer that goes nowhere.
type kept struct {
	status int
	header http.Header
	body   strings.Builder
}

func (k *kept) Header() http.Header         { return k.header }
func (k *kept) WriteHeader(status int)      { k.status = status }
func (k *kept) Write(b []byte) (int, error) { return k.body.Write(b) }

// receive is what reaches a browser; ErrUnseen.
func (s *Service) receive(ctx context.Context, path string) (answer, error) {
	ctx, cancel := context.WithTimeout(ctx, pageTimeout)
	defer cancel()
	req, err := request(ctx, s.BaseURL+path)
	if err != nil {
		return answer{}, err
	}
	client := http.Client{Transport: s.Transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	if err != nil {
		if trouble := (*url.Error)(nil); errors.As(err, &trouble) {
			err = trouble.Err // without the address, which is a secret
		}
		return answer{}, fmt.Errorf("%w: %w", ErrUnseen, err)
	}
	defer func() { _ = resp.Body.Close() }() // it was only read
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxPage))
	if err != nil {
		return answer{}, fmt.Errorf("%w: %w", ErrUnseen, err)
	}
	if resp.StatusCode >= http.StatusInternalServerError {
		return answer{}, fmt.Errorf("%w: it answers %s", ErrUnseen, resp.Status)
	}
	return answer{resp.StatusCode, resp.Header, string(body)}, nil
}

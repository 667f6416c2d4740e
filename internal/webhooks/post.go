package webhooks

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"syscall"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/quittance/quittance/internal/endpoint"
)

// How long one request may take in all, and how much of its answer is read and
// kept.
const (
	requestTimeout = 10 * time.Second
	maxHeader      = 16 << 10
	maxExcerpt     = 1 << 10
)

var errForbidden = errors.New("webhooks: the address is not permitted")

// newClient returns a client that connects to permitted addresses only, whatever
// a name leads to at that moment, follows no redirect and knows no proxy.
func newClient(allow endpoint.Allow) *http.Client {
	guarded := &net.Dialer{Timeout: requestTimeout, Control: func(_, address string, _ syscall.RawConn) error {
		at, err := netip.ParseAddrPort(address)
		if err != nil || !allow.Address(at.Addr()) {
			return errForbidden
		}
		return nil
	}}
	free := &net.Dialer{Timeout: requestTimeout}
	return &http.Client{
		Timeout:       requestTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
				if host, _, err := net.SplitHostPort(address); err == nil && allow.Host(host) {
					return free.DialContext(ctx, network, address)
				}
				return guarded.DialContext(ctx, network, address)
			},
			TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
			ForceAttemptHTTP2:      true,
			DisableCompression:     true,
			MaxResponseHeaderBytes: maxHeader,
			MaxIdleConnsPerHost:    1,
			MaxIdleConns:           slots,
			IdleConnTimeout:        30 * time.Second,
		},
	}
}

// post sends an event to an endpoint once. No transaction is open meanwhile.
func (s *Service) post(ctx context.Context, e endpoint.Endpoint, d endpoint.Delivery) (endpoint.Attempt, error) {
	body, err := d.Event.JSON()
	if err != nil {
		return endpoint.Attempt{}, err
	}
	at := s.Clock.Wall()
	signature, err := e.Signature(d.Event.ID, at, body)
	if err != nil {
		return endpoint.Attempt{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, e.URL, bytes.NewReader(body))
	if err != nil {
		return endpoint.Attempt{}, fmt.Errorf("address of %s: %w", e.ID, err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "Quittance-Webhooks/1")
	r.Header.Set("Webhook-Id", d.Event.ID)
	r.Header.Set("Webhook-Timestamp", strconv.FormatInt(at.Unix(), 10))
	r.Header.Set("Webhook-Signature", signature)
	a := s.exchange(r)
	a.Took = max(0, s.Clock.Wall().Sub(at))
	return endpoint.Attempt{At: at, Answer: a}, nil
}

// exchange sends a request and judges what comes back.
func (s *Service) exchange(r *http.Request) endpoint.Answer {
	resp, err := s.client.Do(r)
	if err != nil {
		return endpoint.Answer{Trouble: troubleOf(err)}
	}
	defer func() { _ = resp.Body.Close() }()
	a := endpoint.Answer{Status: resp.StatusCode}
	raw, _ := io.ReadAll(io.LimitReader(resp.Body, maxExcerpt)) // the status decides, whatever came of the body
	a.Excerpt = readable(raw)
	switch {
	case resp.StatusCode >= 300 && resp.StatusCode < 400:
		a.Trouble = endpoint.Redirected
	case resp.StatusCode < 200 || resp.StatusCode >= 300:
		a.Trouble = endpoint.BadStatus
	}
	return a
}

func troubleOf(err error) endpoint.Trouble {
	var timeout net.Error
	var record tls.RecordHeaderError
	var alert tls.AlertError
	var certificate *tls.CertificateVerificationError
	var authority x509.UnknownAuthorityError
	switch {
	case errors.Is(err, errForbidden):
		return endpoint.Forbidden
	case errors.As(err, &timeout) && timeout.Timeout():
		return endpoint.TimedOut
	case errors.As(err, &record), errors.As(err, &alert), errors.As(err, &certificate), errors.As(err, &authority):
		return endpoint.Insecure
	}
	return endpoint.Unreached
}

// readable is what of an answer can be kept and shown as text.
func readable(raw []byte) string {
	for len(raw) > 0 && !utf8.Valid(raw) {
		if r, n := utf8.DecodeLastRune(raw); r == utf8.RuneError && n == 1 && len(raw) > maxExcerpt-utf8.UTFMax {
			raw = raw[:len(raw)-1] // cut in the middle of a rune
			continue
		}
		break
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(string(raw), "\uFFFD"))
}

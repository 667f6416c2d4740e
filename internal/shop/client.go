package shop

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

const (
	callTimeout = 20 * time.Second
	mostOfABody = 1 << 20
)

// client calls the API.
type client struct {
	base, key string
	http      *http.Client
}

// problem is what the API says when it does not do a thing.
type problem struct {
	Status int    `json:"status"`
	Code   string `json:"code"`
	Detail string `json:"detail"`
}

func (p *problem) Error() string { return fmt.Sprintf("shop: the API says %d %s", p.Status, p.Code) }

// call sends in, where there is any, and reads the answer into out. once names the
// request, so that its repetition does nothing again; empty: it may be repeated.
func (c client) call(ctx context.Context, method, path, once string, in, out any) error {
	var body io.Reader = http.NoBody
	if in != nil {
		text, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, body) //nolint:gosec // the portal's own address, and paths of the shop's
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+c.key)
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if once != "" {
		req.Header.Set("Idempotency-Key", once)
	}
	resp, err := c.http.Do(req) //nolint:gosec // the same
	if err != nil {
		return fmt.Errorf("shop: %s %s: %w", method, path, err)
	}
	defer func() { _ = resp.Body.Close() }() // read-only
	answer := json.NewDecoder(io.LimitReader(resp.Body, mostOfABody))
	if resp.StatusCode/100 != 2 {
		p := &problem{Status: resp.StatusCode}
		_ = answer.Decode(p) // whatever it is, it is a problem
		return p
	}
	if err := answer.Decode(out); err != nil {
		return fmt.Errorf("shop: %s %s: %w", method, path, err)
	}
	return nil
}

// order is what the shop reads of one.
type order struct {
	ID          string    `json:"id"`
	InvoiceID   string    `json:"invoice_id"`
	Status      string    `json:"status"`
	Total       string    `json:"total_to_pay"`
	Currency    string    `json:"currency"`
	PaymentLink string    `json:"payment_link"`
	Checkout    *checkout `json:"checkout"`
}

// checkout is what it takes to show the gateway's widget.
type checkout struct {
	ScriptURL string    `json:"script_url"`
	Integrity string    `json:"integrity"`
	Brands    []string  `json:"brands"`
	ResultURL string    `json:"result_url"`
	ExpiresAt time.Time `json:"expires_at"`
	EmbedURL  string    `json:"embed_url"`
	Loader    struct {
		URL       string `json:"url"`
		Integrity string `json:"integrity"`
	} `json:"embed_script"`
}

// order reads one.
func (c client) order(ctx context.Context, id string) (order, error) {
	var got struct{ Order order }
	err := c.call(ctx, http.MethodGet, "/orders/"+url.PathEscape(id), "", nil, &got)
	return got.Order, err
}

// renew gives an order's live checkout, or another where there is none.
func (c client) renew(ctx context.Context, id string) (*checkout, error) {
	var got struct{ Checkout *checkout }
	err := c.call(ctx, http.MethodPost, "/order_checkouts/"+url.PathEscape(id), "", struct{}{}, &got)
	return got.Checkout, err
}

package opp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"

	"github.com/quittance/quittance/internal/gateway"
)

// maxAnswer bounds what is read of an answer, in bytes.
const maxAnswer = 1 << 20

const codeThrottled = "800.120.100"

// call is one request to the platform.
type call struct {
	method    string
	route     string // pattern, for the log: no id in it
	path      string
	params    url.Values
	reference string // merchantTransactionId, for the log
}

// do makes the call and reads the answer, which then has a result code. It
// returns ErrThrottled, or ErrUnknown wrapped around what went wrong.
func (d *Driver) do(ctx context.Context, account gateway.Account, c call) (answer, error) {
	c.params.Set("entityId", account.EntityID)
	log := d.log.With(slog.String("route", c.route), slog.String("merchant_transaction_id", c.reference))

	log.DebugContext(ctx, "gateway call begins")
	status, body, err := d.exchange(ctx, account, c)
	log.DebugContext(ctx, "gateway call ended", slog.Int("status", status))

	switch {
	case err != nil:
		return answer{}, fmt.Errorf("%w: %w", gateway.ErrUnknown, err)
	case status == http.StatusTooManyRequests:
		return answer{}, gateway.ErrThrottled
	case status >= 500:
		return answer{}, fmt.Errorf("%w: status %d", gateway.ErrUnknown, status)
	}
	var a answer
	if err := json.Unmarshal(body, &a); err != nil {
		return answer{}, fmt.Errorf("%w: status %d: read answer: %w", gateway.ErrUnknown, status, err)
	}
	switch a.Result.Code {
	case "":
		return answer{}, fmt.Errorf("%w: status %d without a result code", gateway.ErrUnknown, status)
	case codeThrottled:
		return answer{}, gateway.ErrThrottled
	}
	return a, nil
}

// exchange sends the request and reads the whole answer within its bound.
func (d *Driver) exchange(ctx context.Context, account gateway.Account, c call) (status int, body []byte, err error) {
	address := strings.TrimRight(account.APIBase, "/") + c.path
	var form io.Reader
	if c.method == http.MethodPost {
		form = strings.NewReader(c.params.Encode())
	} else {
		address += "?" + c.params.Encode()
	}
	request, err := http.NewRequestWithContext(ctx, c.method, address, form)
	if err != nil {
		return 0, nil, errors.New("build request: the account's address is not one")
	}
	request.Header.Set("Authorization", "Bearer "+account.Token)
	request.Header.Set("Accept", "application/json")
	if form != nil {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	}
	response, err := d.http.Do(request)
	if err != nil {
		return 0, nil, fmt.Errorf("send: %w", withoutAddress(err))
	}
	defer func() { _ = response.Body.Close() }() // all of it was read, or the connection is of no more use
	body, err = io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	if err != nil {
		return response.StatusCode, nil, fmt.Errorf("receive: %w", withoutAddress(err))
	}
	if len(body) > maxAnswer {
		return response.StatusCode, nil, errors.New("receive: answer too long")
	}
	return response.StatusCode, body, nil
}

// withoutAddress takes the request's address, which carries ids, out of an error.
func withoutAddress(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

// refusal is the platform's answer to a request it did not take, with the names
// of the parameters it disliked; their values stay out.
func (r result) refusal() *gateway.Refusal {
	description := r.Description.clip(maxDescription)
	var names []string
	for _, p := range r.ParameterErrors {
		if p.Name != "" && len(names) < 10 {
			names = append(names, p.Name.clip(maxShort))
		}
	}
	if len(names) > 0 {
		description += " (" + strings.Join(names, ", ") + ")"
	}
	v := judge(string(r.Code))
	if v.outcome != gateway.Declined {
		v.outcome = gateway.Rejected
	}
	return &gateway.Refusal{Code: r.Code.clip(maxShort), Description: description, Reason: v.reason, Retry: retryOf(string(r.Code), v, "", gateway.Advice{})}
}

// refuse is a request of ours that is not sent.
func refuse(description string) *gateway.Refusal {
	return &gateway.Refusal{Description: description, Retry: gateway.Retry{Class: gateway.RetryOperator}}
}

// unknown is an answer from which nothing follows.
func (r result) unknown() error {
	return fmt.Errorf("%w: result %q", gateway.ErrUnknown, r.Code.clip(maxShort))
}

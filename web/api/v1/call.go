package v1

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/quittance/quittance/internal/idem"
	"github.com/quittance/quittance/internal/secret"
)

// maxBody is the most bytes a body may have.
const maxBody = 1 << 20

const (
	headerKey      = "Idempotency-Key"
	headerReplayed = "Idempotency-Replayed"

	purposeAnswer = secret.Purpose("idempotency-answer")
)

// answer is what a call says that made or changed something.
type answer struct {
	status   int
	location string // of what was made; empty where it has no address of its own, or was there before
	body     []byte
}

// work reads a parsed body and has a service do what it asks. It hands call on
// to the service, and returns what the service made.
type work func(ctx context.Context, body value, call *idem.Call) (made any, err error)

// write runs a call that makes or changes something: at most once per
// Idempotency-Key.
func (h *handlers) write(c echo.Context, by caller, do work) error {
	raw, err := readBody(c)
	if err != nil {
		return err
	}
	return h.once(c, by, raw, do)
}

// command runs a call whose body may be left out.
func (h *handlers) command(c echo.Context, by caller, do work) error {
	r := c.Request()
	body := bufio.NewReader(r.Body)
	if _, err := body.Peek(1); errors.Is(err, io.EOF) {
		return h.once(c, by, []byte("{}"), do)
	}
	r.Body = struct {
		io.Reader
		io.Closer
	}{body, r.Body}
	return h.write(c, by, do)
}

// once runs a call, with an Idempotency-Key at most once.
func (h *handlers) once(c echo.Context, by caller, raw []byte, do work) error {
	key, err := idempotencyKey(c.Request())
	if err != nil {
		return err
	}
	if key == "" {
		return h.run(c, by, raw, nil, do)
	}
	scope := idem.Scope{ProfileID: by.profileID, APIKeyID: by.key.ID, Method: c.Request().Method, Route: c.Request().URL.Path, Key: key}
	claim, err := h.Calls.ClaimCall(c.Request().Context(), scope, bodyHash(c.Request().URL.RawQuery, raw), h.Clock.Wall())
	if err != nil {
		return err
	}
	if claim.Kept != nil {
		return h.replay(c, scope, *claim.Kept)
	}
	return h.runClaimed(c, by, raw, &idem.Call{Scope: scope, LeaseID: claim.LeaseID, Point: claim.Point, Render: func(made any) (idem.Answer, error) { return h.seal(by, scope, made) }}, do)
}

// run does the work and answers.
func (h *handlers) run(c echo.Context, by caller, raw []byte, call *idem.Call, do work) error {
	body, err := parse(raw)
	if err != nil {
		return err
	}
	made, err := do(c.Request().Context(), body, call)
	if err != nil {
		return err
	}
	a, err := h.render(by, c.Request().Method, made)
	if err != nil {
		return err
	}
	return send(c, a)
}

// runClaimed gives the claim back when the work kept no answer, by a panic too.
// A claim with an answer is left alone, so releasing is always safe.
func (h *handlers) runClaimed(c echo.Context, by caller, raw []byte, call *idem.Call, do work) (err error) {
	done := false
	defer func() {
		if done {
			return
		}
		// The caller may have gone; its claim has to go all the same.
		if rerr := h.Calls.ReleaseCall(context.WithoutCancel(c.Request().Context()), call.Scope, call.LeaseID); rerr != nil {
			err = errors.Join(err, rerr)
		}
	}()
	err = h.run(c, by, raw, call, do)
	done = err == nil
	return err
}

// seal is the answer about what was made, as it is kept.
func (h *handlers) seal(by caller, s idem.Scope, made any) (idem.Answer, error) {
	a, err := h.render(by, s.Method, made)
	if err != nil {
		return idem.Answer{}, err
	}
	sealed, err := h.Ring.Seal(purposeAnswer, label(s), append([]byte(a.location+"\n"), a.body...))
	if err != nil {
		return idem.Answer{}, fmt.Errorf("seal answer: %w", err)
	}
	return idem.Answer{Status: a.status, Sealed: sealed}, nil
}

// replay sends a kept answer once more.
func (h *handlers) replay(c echo.Context, s idem.Scope, kept idem.Answer) error {
	plain, err := h.Ring.Open(purposeAnswer, label(s), kept.Sealed)
	if err != nil {
		return fmt.Errorf("open kept answer: %w", err)
	}
	location, body, _ := bytes.Cut(plain, []byte("\n"))
	c.Response().Header().Set(headerReplayed, "true")
	return send(c, answer{kept.Status, string(location), body})
}

func send(c echo.Context, a answer) error {
	if a.location != "" {
		c.Response().Header().Set(echo.HeaderLocation, a.location)
	}
	return c.Blob(a.status, echo.MIMEApplicationJSON, a.body)
}

// label binds a sealed answer to its claim. The key comes last because it alone
// may hold any character.
func label(s idem.Scope) string {
	return strings.Join([]string{string(s.ProfileID), s.APIKeyID, s.Method, s.Route, s.Key}, " ")
}

// bodyHash tells one request from another under the same key.
func bodyHash(query string, raw []byte) []byte {
	sum := sha256.New()
	fmt.Fprintf(sum, "%d?%s", len(query), query)
	sum.Write(raw)
	return sum.Sum(nil)
}

// idempotencyKey is the request's key, empty when it has none; idem.ErrLongKey.
func idempotencyKey(r *http.Request) (string, error) {
	keys := r.Header.Values(headerKey)
	if len(keys) == 0 {
		return "", nil
	}
	key := keys[0]
	unprintable := strings.ContainsFunc(key, func(c rune) bool { return c < ' ' || c > '~' })
	if len(keys) > 1 || key == "" || len(key) > 255 || unprintable {
		return "", idem.ErrLongKey
	}
	return key, nil
}

// readBody reads a JSON body of at most maxBody bytes.
func readBody(c echo.Context) ([]byte, error) {
	r := c.Request()
	media, params, err := mime.ParseMediaType(r.Header.Get(echo.HeaderContentType))
	charset := params["charset"]
	if err != nil || media != echo.MIMEApplicationJSON || (charset != "" && !strings.EqualFold(charset, "utf-8")) || r.Header.Get(echo.HeaderContentEncoding) != "" {
		return nil, &problem{Status: http.StatusUnsupportedMediaType, Code: "media_type_unsupported", Detail: "Send the body as application/json in UTF-8, without Content-Encoding."}
	}
	// The server's own writer: only it takes from the reader that the rest is not
	// read, and lets a proxy that still sends see the answer before it hangs up.
	raw, err := io.ReadAll(http.MaxBytesReader(c.Response().Writer, r.Body, maxBody))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return nil, &problem{Status: http.StatusRequestEntityTooLarge, Code: "body_too_large", Detail: "A body may have at most 1 MB."}
	case err != nil:
		return nil, &problem{Status: http.StatusBadRequest, Code: "body_unreadable", Detail: "The body broke off."}
	}
	return raw, nil
}

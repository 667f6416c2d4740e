package sandbox

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"
)

// adminRoutes are the ways to move the clock, read the books and make trouble.
// Without an admin token there are none.
func (s *Sandbox) adminRoutes(mux *http.ServeMux) {
	if s.admin == "" {
		return
	}
	mux.Handle("GET /admin/clock", s.adminCall(s.adminClock))
	mux.Handle("POST /admin/clock", s.adminCall(s.adminAdvance))
	mux.Handle("GET /admin/books", s.adminCall(s.adminBooks))
	mux.Handle("POST /admin/payments/{id}/settle", s.adminCall(s.adminSettle))
	mux.Handle("POST /admin/payments/{id}/chargeback", s.adminCall(s.adminChargeback))
	mux.Handle("POST /admin/payments/{id}/lapse", s.adminCall(s.adminLapse))
	mux.Handle("POST /admin/payments/{id}/resolve", s.adminCall(s.adminDispute(s.ResolveDispute)))
	mux.Handle("POST /admin/payments/{id}/win", s.adminCall(s.adminDispute(s.WinDispute)))
	mux.Handle("POST /admin/registrations/{token}", s.adminCall(s.adminAnswer))
	mux.Handle("GET /admin/held", s.adminCall(s.adminHeld))
	mux.Handle("POST /admin/held/release", s.adminCall(s.adminRelease))
	mux.Handle("GET /admin/faults", s.adminCall(s.adminFaults))
	mux.Handle("POST /admin/faults", s.adminCall(s.adminAddFault))
	mux.Handle("DELETE /admin/faults", s.adminCall(s.adminClearFaults))
	mux.Handle("POST /admin/entities", s.adminCall(s.adminEntity))
	mux.Handle("GET /admin/webhooks", s.adminCall(s.adminWebhooks))
	mux.Handle("POST /admin/webhooks/resend", s.adminCall(s.adminResend))
	mux.Handle("POST /admin/webhooks/stray", s.adminCall(s.adminStray))
	mux.Handle("POST /admin/webhooks/probe", s.adminCall(s.adminProbe))
	mux.Handle("POST /admin/webhooks/flush", s.adminCall(s.adminFlush))
}

// adminHandler answers with a value to send as JSON; a lines value is sent as
// JSON lines. Its errors are the caller's fault and told.
type adminHandler func(*http.Request) (any, error)

type lines []any

func (s *Sandbox) adminCall(h adminHandler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !sameSecret(s.admin, bearer(r)) {
			writeJSON(w, http.StatusUnauthorized, map[string]string{"error": "admin token needed"})
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		out, err := h(r)
		switch list, isLines := out.(lines); {
		case errors.Is(err, errNothing):
			writeJSON(w, http.StatusNotFound, map[string]string{"error": "not found"})
		case err != nil:
			writeJSON(w, http.StatusBadRequest, map[string]string{"error": err.Error()})
		case isLines:
			w.Header().Set("Content-Type", "application/x-ndjson")
			enc := json.NewEncoder(w)
			for _, l := range list {
				_ = enc.Encode(l) // the caller hung up
			}
		default:
			writeJSON(w, http.StatusOK, out)
		}
	})
}

// body reads strict JSON into v.
func body(r *http.Request, v any) error {
	dec := json.NewDecoder(r.Body)
	dec.DisallowUnknownFields()
	return dec.Decode(v)
}

func toLines[T any](list []T, err error) (any, error) {
	out := make(lines, len(list))
	for i, v := range list {
		out[i] = v
	}
	return out, err
}

type done struct {
	OK bool `json:"ok"`
}

func (s *Sandbox) adminClock(*http.Request) (any, error) {
	return map[string]time.Time{"now": s.Now()}, nil
}

func (s *Sandbox) adminAdvance(r *http.Request) (any, error) {
	var in struct {
		Advance string `json:"advance"`
	}
	if err := body(r, &in); err != nil {
		return nil, err
	}
	by, err := time.ParseDuration(in.Advance)
	if err != nil {
		return nil, err
	}
	if err := s.Advance(r.Context(), by); err != nil {
		return nil, err
	}
	return s.adminClock(r)
}

func (s *Sandbox) adminBooks(r *http.Request) (any, error) { return toLines(s.Books(r.Context())) }

func (s *Sandbox) adminSettle(r *http.Request) (any, error) {
	in := struct {
		Code string `json:"code"`
	}{Code: codeApproved}
	if err := body(r, &in); err != nil {
		return nil, err
	}
	return done{true}, s.Settle(r.Context(), r.PathValue("id"), in.Code)
}

func (s *Sandbox) adminChargeback(r *http.Request) (any, error) {
	var in struct {
		Code   string `json:"code"`
		Amount string `json:"amount"`
	}
	if err := body(r, &in); err != nil {
		return nil, err
	}
	id, err := s.Chargeback(r.Context(), r.PathValue("id"), in.Code, in.Amount)
	return map[string]string{"id": id}, err
}

func (s *Sandbox) adminDispute(step func(ctx context.Context, paymentID, amount string) (string, error)) adminHandler {
	return func(r *http.Request) (any, error) {
		var in struct {
			Amount string `json:"amount"`
		}
		if err := body(r, &in); err != nil {
			return nil, err
		}
		id, err := step(r.Context(), r.PathValue("id"), in.Amount)
		return map[string]string{"id": id}, err
	}
}

func (s *Sandbox) adminLapse(r *http.Request) (any, error) {
	id, err := s.Lapse(r.Context(), r.PathValue("id"))
	return map[string]string{"id": id}, err
}

func (s *Sandbox) adminAnswer(r *http.Request) (any, error) {
	var in struct {
		Result string `json:"result"`
	}
	if err := body(r, &in); err != nil {
		return nil, err
	}
	return done{true}, s.SetAnswer(r.Context(), r.PathValue("token"), in.Result)
}

func (s *Sandbox) adminHeld(r *http.Request) (any, error) { return toLines(s.Held(r.Context())) }

func (s *Sandbox) adminRelease(r *http.Request) (any, error) {
	var in struct {
		CheckoutID string `json:"checkoutId"`
		Code       string `json:"code"`
	}
	if err := body(r, &in); err != nil {
		return nil, err
	}
	n, err := s.Release(r.Context(), in.CheckoutID, in.Code)
	return map[string]int{"released": n}, err
}

func (s *Sandbox) adminFaults(*http.Request) (any, error) { return toLines(s.Faults(), nil) }

func (s *Sandbox) adminAddFault(r *http.Request) (any, error) {
	var f Fault
	if err := body(r, &f); err != nil {
		return nil, err
	}
	return done{true}, s.AddFault(f)
}

func (s *Sandbox) adminClearFaults(*http.Request) (any, error) {
	s.ClearFaults()
	return done{true}, nil
}

func (s *Sandbox) adminEntity(r *http.Request) (any, error) {
	var e Entity
	if err := body(r, &e); err != nil {
		return nil, err
	}
	return done{true}, s.SetEntity(e)
}

func (s *Sandbox) adminWebhooks(r *http.Request) (any, error) {
	return toLines(notifications(r.Context(), s.books.r, `ORDER BY seq`))
}

func (s *Sandbox) adminResend(r *http.Request) (any, error) {
	return adminNamed(r, s.Resend)
}

func (s *Sandbox) adminStray(r *http.Request) (any, error) { return adminNamed(r, s.Stray) }

func (s *Sandbox) adminProbe(r *http.Request) (any, error) { return adminNamed(r, s.Probe) }

func (s *Sandbox) adminFlush(r *http.Request) (any, error) { return done{true}, s.Flush(r.Context()) }

// adminNamed reads {"id":"…"} and does something to what it names.
func adminNamed(r *http.Request, do func(context.Context, string) error) (any, error) {
	var in struct {
		ID string `json:"id"`
	}
	if err := body(r, &in); err != nil {
		return nil, err
	}
	return done{true}, do(r.Context(), in.ID)
}

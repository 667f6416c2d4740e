package sandbox

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// maxBody bounds every request body.
const maxBody = 64 << 10

// call is one authenticated request of the merchant's API.
type call struct {
	r      *http.Request
	entity Entity
	params url.Values
	hit    hits
}

type apiHandler func(context.Context, call) (reply, error)

func (s *Sandbox) routes() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("POST /v1/checkouts", s.api(RouteCheckoutCreate, s.createCheckout))
	mux.Handle("GET /v1/checkouts/{id}/payment", s.api(RouteCheckoutStatus, s.checkoutStatus))
	mux.Handle("GET /v1/checkouts/{id}/registration", s.api(RouteCheckoutStatus, s.checkoutStatus))
	mux.Handle("GET /v1/query", s.api(RouteQuery, s.query))
	mux.Handle("GET /v1/payments/{id}", s.api(RoutePaymentGet, s.paymentStatus))
	mux.Handle("POST /v1/payments/{id}", s.api(RouteBackOffice, s.backOffice))
	mux.Handle("POST /v1/registrations/{token}/payments", s.api(RouteCharge, s.chargeRegistration))
	mux.Handle("DELETE /v1/registrations/{token}", s.api(RouteDeregister, s.deleteRegistration))
	mux.HandleFunc("GET /v1/resultcodes", s.resultCodes)
	s.widgetRoutes(mux)
	s.adminRoutes(mux)
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		s.send(w, s.refuse(http.StatusNotFound, codeNoSession))
	})
	return s.logged(mux)
}

// api reads the parameters (the body on POST, else the query, never both),
// checks channel and token, and lets the faults of the route strike around h.
func (s *Sandbox) api(route Route, h apiHandler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		if err := r.ParseForm(); err != nil {
			s.send(w, s.refuse(http.StatusBadRequest, codeNoSession))
			return
		}
		params := r.PostForm
		if r.Method != http.MethodPost {
			params = r.URL.Query()
		}
		e, ok := s.entities.get(params.Get("entityId"))
		if !sameSecret(e.Token, bearer(r)) || !ok {
			s.send(w, s.refuse(http.StatusUnauthorized, codeNotAuthorised))
			return
		}
		at := route
		if route == RouteBackOffice {
			at = backOfficeRoute(params.Get("paymentType"))
		}
		c := call{r: r, entity: e, params: params, hit: s.faults.take(at)}
		s.strike(w, r, c.hit, func() reply {
			out, err := h(r.Context(), c)
			if err != nil {
				s.log.ErrorContext(r.Context(), "call failed", "route", string(at), "err", err)
				return s.refuse(http.StatusInternalServerError, codeInternal)
			}
			return out
		})
	})
}

func bearer(r *http.Request) string {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		return ""
	}
	return token
}

func (s *Sandbox) send(w http.ResponseWriter, out reply) { writeJSON(w, out.status, out.body) }

func writeJSON(w http.ResponseWriter, status int, body any) {
	h := w.Header()
	h.Set("Content-Type", "application/json;charset=UTF-8")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the caller hung up
}

// logged writes one line a request: the pattern of its route, never its path.
func (s *Sandbox) logged(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		id := rand.Text()
		w.Header().Set("X-Request-Id", id)
		rec := &statusRecorder{ResponseWriter: w}
		defer func() {
			s.log.LogAttrs(r.Context(), slog.LevelInfo, "request", slog.String("route", r.Pattern),
				slog.Int("status", rec.status), slog.Int64("ms", time.Since(start).Milliseconds()), slog.String("request_id", id))
		}()
		next.ServeHTTP(rec, r)
	})
}

// statusRecorder remembers the status; 0 means that the connection was cut.
type statusRecorder struct {
	http.ResponseWriter
	status int
}

func (r *statusRecorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

func (r *statusRecorder) Write(b []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	return r.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (r *statusRecorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

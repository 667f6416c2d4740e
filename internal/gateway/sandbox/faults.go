package sandbox

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
)

// FaultKind is a way to fail on demand.
type FaultKind string

// The kinds. "Before" means that nothing was booked, "after" that it was.
const (
	FaultDelay        FaultKind = "delay"         // the call waits DelayMS of real time first
	FaultErrorBefore  FaultKind = "error_before"  // Status (503) before
	FaultCutBefore    FaultKind = "cut_before"    // the connection is cut before
	FaultErrorAfter   FaultKind = "error_after"   // Status (504) after
	FaultAnswerLost   FaultKind = "answer_lost"   // the connection is cut after
	FaultResult       FaultKind = "result"        // the payment gets Code
	FaultWrongAmount  FaultKind = "wrong_amount"  // By hundredths more are booked than asked (100)
	FaultHold         FaultKind = "hold"          // a submitted card is decided later: DelayMS of the sandbox's clock, 0 when released
	FaultWebhookTwice FaultKind = "webhook_twice" // two equal notifications
	FaultWebhookLate  FaultKind = "webhook_late"  // DelayMS of the sandbox's clock later (15 minutes)
	FaultWebhookStale FaultKind = "webhook_stale" // out of order: the final one first, then a pending one of the same payment
	FaultWebhookSwap  FaultKind = "webhook_swap"  // out of order: the channel's next notification overtakes it
	FaultWebhookNever FaultKind = "webhook_never" // no notification
)

// Route is where a fault strikes.
type Route string

// The routes. RouteAPI stands for every call of the merchant's server.
const (
	RouteAPI            Route = "api"
	RouteCheckoutCreate Route = "checkout.create"
	RouteCheckoutStatus Route = "checkout.status"
	RouteQuery          Route = "query"
	RoutePaymentGet     Route = "payment.get"
	RouteBackOffice     Route = "payment" // captures, refunds and reversals
	RouteCapture        Route = "payment.CP"
	RouteRefund         Route = "payment.RF"
	RouteReversal       Route = "payment.RV"
	RouteCharge         Route = "registration.pay"
	RouteDeregister     Route = "registration.delete"
	RouteFramePay       Route = "frame.pay"
	RouteWebhook        Route = "webhook"
)

// Fault is an order to fail. With Next it strikes the next so many times and is
// used up; with Probability it strikes at random until cleared.
type Fault struct {
	Kind        FaultKind `json:"kind"`
	Route       Route     `json:"route"` // the webhook_ kinds and hold need none
	Next        int       `json:"next,omitempty"`
	Probability float64   `json:"probability,omitempty"`
	DelayMS     int64     `json:"delayMs,omitempty"`
	Status      int       `json:"status,omitempty"`
	By          int64     `json:"by,omitempty"`
	Code        string    `json:"code,omitempty"`
}

func (f *Fault) complete() error {
	booking := []Route{RouteFramePay, RouteBackOffice, RouteCapture, RouteRefund, RouteReversal, RouteCharge}
	routes := append([]Route{RouteAPI, RouteCheckoutCreate, RouteCheckoutStatus, RouteQuery, RoutePaymentGet, RouteDeregister}, booking...)
	orElse := func(v *int, d int) {
		if *v == 0 {
			*v = d
		}
	}
	switch f.Kind {
	case FaultDelay, FaultCutBefore, FaultAnswerLost:
	case FaultErrorBefore:
		orElse(&f.Status, 503)
	case FaultErrorAfter:
		orElse(&f.Status, 504)
	case FaultResult:
		if !resultForm.MatchString(f.Code) {
			return errors.New("sandbox: fault result needs a result")
		}
		routes = booking
	case FaultWrongAmount:
		if f.By == 0 {
			f.By = 100
		}
		routes = booking
	case FaultHold:
		f.Route, routes = RouteFramePay, booking
	case FaultWebhookTwice, FaultWebhookStale, FaultWebhookSwap, FaultWebhookNever, FaultWebhookLate:
		f.Route, routes = RouteWebhook, []Route{RouteWebhook}
		if f.Kind == FaultWebhookLate && f.DelayMS == 0 {
			f.DelayMS = 15 * 60 * 1000
		}
	default:
		return fmt.Errorf("sandbox: unknown fault %q", f.Kind)
	}
	switch {
	case !slices.Contains(routes, f.Route):
		return fmt.Errorf("sandbox: fault %s does not strike at route %q", f.Kind, f.Route)
	case f.DelayMS < 0 || f.Next < 0 || f.Probability < 0 || f.Probability > 1 || (f.Next > 0) == (f.Probability > 0):
		return errors.New("sandbox: a fault needs either next or a probability up to 1")
	case (f.Kind == FaultErrorBefore || f.Kind == FaultErrorAfter) && (f.Status < 500 || f.Status > 599):
		return errors.New("sandbox: a fault's status must be 5xx")
	}
	return nil
}

// covers says whether the fault strikes at a route.
func (f *Fault) covers(at Route) bool {
	if f.Route == RouteAPI {
		return at != RouteFramePay && at != RouteWebhook
	}
	if f.Route == RouteBackOffice {
		return at == RouteBackOffice || at == RouteCapture || at == RouteRefund || at == RouteReversal
	}
	return f.Route == at
}

func backOfficeRoute(kind string) Route {
	switch kind {
	case "CP", "RF", "RV":
		return RouteBackOffice + Route("."+kind)
	}
	return RouteBackOffice
}

// faultBook is the standing orders and the generator that decides about random ones.
type faultBook struct {
	mu     sync.Mutex
	orders []*Fault
	random *rand.Rand
}

func newFaultBook(seed uint64) *faultBook {
	return &faultBook{random: rand.New(rand.NewPCG(seed, seed^0x9e3779b97f4a7c15))} //nolint:gosec // faults are to be repeatable, not secret
}

// AddFault adds an order to fail; orders are looked at in the order they came.
// They are kept in memory only.
func (s *Sandbox) AddFault(f Fault) error {
	if err := f.complete(); err != nil {
		return err
	}
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.orders = append(s.faults.orders, &f)
	return nil
}

// ClearFaults ends all orders to fail.
func (s *Sandbox) ClearFaults() {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.orders = nil
}

// Faults are the orders that still stand.
func (s *Sandbox) Faults() []Fault {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	list := make([]Fault, len(s.faults.orders))
	for i, f := range s.faults.orders {
		list[i] = *f
	}
	return list
}

// take draws what strikes this time at a route, at most one of a kind.
func (b *faultBook) take(at Route) hits {
	b.mu.Lock()
	defer b.mu.Unlock()
	struck := hits{}
	for _, f := range b.orders {
		if _, already := struck[f.Kind]; already || !f.covers(at) {
			continue
		}
		if f.Probability > 0 && b.random.Float64() >= f.Probability {
			continue
		}
		struck[f.Kind] = *f
		if f.Next > 0 {
			if f.Next--; f.Next == 0 {
				f.Next = -1
			}
		}
	}
	b.orders = slices.DeleteFunc(b.orders, func(f *Fault) bool { return f.Next < 0 })
	return struck
}

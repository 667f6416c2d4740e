// Package endpoint owns merchants' webhook endpoints and what is to be sent to
// them: one row per endpoint, one per event and endpoint. It knows what an
// endpoint wants, when the next attempt is due and when an endpoint is given up;
// how a request is signed and sent is package webhooks'.
package endpoint

import (
	"strings"
	"time"
	"unicode/utf8"

	"github.com/quittance/quittance/internal/event"
	"github.com/quittance/quittance/internal/fault"
	"github.com/quittance/quittance/internal/profile"
)

// ID is an endpoint's key.
type ID string

// Faults of this package.
var (
	ErrNotFound         = fault.New(fault.NotFound, "webhook_endpoint_not_found", "We could not find that webhook endpoint.")
	ErrInvalid          = fault.New(fault.Invalid, "webhook_endpoint_invalid", "Some details of the webhook endpoint are missing or wrong.")
	ErrChanged          = fault.New(fault.Conflict, "webhook_endpoint_changed", "Somebody else changed this webhook endpoint at the same time. Nothing was changed by you; read it and try again.")
	ErrTooMany          = fault.New(fault.Conflict, "too_many_webhook_endpoints", "A profile has at most 100 webhook endpoints. Delete one first.")
	ErrDisabled         = fault.New(fault.Conflict, "webhook_endpoint_disabled", "This webhook endpoint is disabled. Enable it first.")
	ErrDeliveryNotFound = fault.New(fault.NotFound, "webhook_delivery_not_found", "We could not find that delivery.")
)

// Most is how many endpoints a profile may have.
const Most = 100

// MostNamed is how many profiles one search for due endpoints may name.
const MostNamed = 8

// Status says whether events are sent.
type Status string

// The statuses.
const (
	Enabled  Status = "enabled"
	Disabled Status = "disabled"
)

// Reason is why an endpoint is disabled.
type Reason string

// The reasons: somebody asked for it, three days of nothing but failures, or the
// endpoint answered 410 Gone.
const (
	Asked   Reason = "asked"
	Failing Reason = "failing"
	Gone    Reason = "gone"
)

// Details are what a merchant tells of an endpoint.
type Details struct {
	URL         string
	Description string
	Types       []string // names of event types, "order.*" for all that begin so, "*" for all
}

// Endpoint is one of a profile. All times but CreatedAt are wall time.
type Endpoint struct {
	ID        ID
	ProfileID profile.ID
	Details
	Status    Status
	Reason    Reason // empty while it is enabled
	Secret    string // whsec_…; signs
	OldSecret string // the one before, which signs too until OldUntil
	OldUntil  time.Time
	Fresh     bool // Secret was made just now: it may be shown
	// DisabledAt is when it was last disabled; Afresh is when it was enabled after so
	// long that neither what waited nor what happened meanwhile is sent.
	DisabledAt time.Time
	Afresh     time.Time
	CreatedAt  time.Time
	Version    int64

	Health
}

// Health is how an endpoint fares. It changes with attempts and without a new
// version.
type Health struct {
	SeenSequence int64     // of the last event that was looked at for it
	Failures     int64     // attempts that failed since the last one that did not
	FailingSince time.Time // the first of these
	Slow         bool      // the last attempt took SlowFrom or longer
	RestUntil    time.Time // nothing is sent before
	LeaseUntil   time.Time // somebody is at it
	ServedAt     time.Time // when the last turn began
	Turn         int64     // counts claims: the fence against one that took too long
}

// Lags reports whether the last attempt failed or took long: an endpoint that could
// keep others waiting.
func (h Health) Lags() bool { return h.Failures > 0 || h.Slow }

// Next is the endpoint as it will be written: its next version, the first of
// which is made now.
func (e Endpoint) Next(now time.Time) Endpoint {
	if e.Version++; e.Version == 1 {
		e.CreatedAt = now
	}
	return e
}

// switched is for an endpoint that had another status until wall time now. Enabled
// again, it goes on where it stopped unless that was more than GiveUpAfter ago.
func (e *Endpoint) switched(was Status, now time.Time) {
	switch e.Status {
	case was:
	case Enabled:
		if e.Reason = ""; now.Sub(e.DisabledAt) > GiveUpAfter {
			e.Afresh = now
		}
	default:
		e.disable(Asked, now)
	}
}

func (e *Endpoint) disable(why Reason, now time.Time) {
	e.Status, e.Reason, e.DisabledAt = Disabled, why, now
}

// Wants reports whether events of a type are sent to the endpoint.
func (d Details) Wants(name string) bool {
	for _, t := range d.Types {
		if prefix, ok := strings.CutSuffix(t, "*"); t == name || ok && strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

// known reports whether a wish means any type at all.
func known(wish string) bool {
	area, ok := strings.CutSuffix(wish, ".*")
	if !ok {
		_, named := event.Named(wish)
		return named || wish == "*"
	}
	for _, t := range event.Types {
		if strings.HasPrefix(t.Name, area+".") {
			return true
		}
	}
	return false
}

// The most characters of a URL and of a description, and the most types told.
const (
	maxURL         = 2000
	maxDescription = 200
	maxTypes       = 100
)

// validate returns ErrInvalid with every wrong field.
func (d Details) validate(allow Allow) error {
	var bad []fault.Field
	refuse := func(field, code, public string) {
		bad = append(bad, fault.Field{Pointer: "/webhook_endpoint/" + field, Code: code, Public: public})
	}
	switch {
	case d.URL == "":
		refuse("url", "required", "This is required.")
	case len(d.URL) > maxURL:
		refuse("url", "too_long", "Use at most 2000 characters.")
	case !allow.url(d.URL):
		refuse("url", "webhook_url", "Use an https:// address on the internet, without user name, password or fragment.")
	}
	if utf8.RuneCountInString(d.Description) > maxDescription {
		refuse("description", "too_long", "Use at most 200 characters.")
	}
	if len(d.Types) == 0 || len(d.Types) > maxTypes {
		refuse("event_types", "event_type_count", "Tell from 1 to 100 types.")
	}
	for _, t := range d.Types {
		if !known(t) {
			refuse("event_types", "event_type", "Use types that the API's document lists, such as order.created, or order.* or *.")
			break
		}
	}
	if len(bad) == 0 {
		return nil
	}
	return ErrInvalid.With(bad...)
}

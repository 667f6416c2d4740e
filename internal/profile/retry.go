package profile

import (
	"slices"

	"github.com/quittance/quittance/internal/fault"
)

// Retry is how a profile's declined payments are tried again.
type Retry struct {
	// Days are when a soft-declined payment is charged again, counted from its first
	// decline; null is DefaultRetryDays, an empty list tries nothing again.
	Days []int64 `json:"days"`
	// AutoSuspend suspends a subscription whose tries are used up.
	AutoSuspend bool `json:"auto_suspend"`
}

// DefaultRetryDays are the retry days of a profile that names none.
var DefaultRetryDays = []int64{1, 3, 5, 7}

// With the first charge these are fifteen in thirty days, the most of the limits.
const (
	maxRetries  = 14
	maxRetryDay = 29
)

// Ladder is the profile's retry days, in order.
func (r Retry) Ladder() []int64 {
	if r.Days == nil {
		return slices.Clone(DefaultRetryDays)
	}
	return r.Days
}

func (r Retry) refuseWrong() []fault.Field {
	wrong := len(r.Days) > maxRetries
	for i, d := range r.Days {
		wrong = wrong || d < 1 || d > maxRetryDay || (i > 0 && d <= r.Days[i-1])
	}
	if !wrong {
		return nil
	}
	return []fault.Field{{Pointer: "/retry/days", Code: "not_allowed", Public: "Use at most 14 days from 1 to 29, each after the one before."}}
}

package schedule

import (
	"errors"
	"fmt"
	"time"

	"github.com/quittance/quittance/internal/catalog"
)

// errDay is ours: days from outside are checked with ParseDay first.
var errDay = errors.New("schedule: not a day of the form YYYY-MM-DD")

// Days end here, so that arithmetic on them cannot leave the form YYYY-MM-DD.
const lastYear = 9999

// ParseDay reads a day; it takes nothing but YYYY-MM-DD of a day that exists.
func ParseDay(day string) (time.Time, error) {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil || t.Format(time.DateOnly) != day {
		return time.Time{}, fmt.Errorf("%w: %q", errDay, day)
	}
	return t, nil
}

// DayOf is the day that a moment lies in, where loc's clocks hang.
func DayOf(t time.Time, loc *time.Location) string { return t.In(loc).Format(time.DateOnly) }

// Add is the day n intervals of a unit after an anchor. Each is counted from the
// anchor itself, so a month that is too short for its day changes nothing for the
// months after it: 31 January, 28 February, 31 March. The 29th of February is the
// 28th in other years.
func Add(anchor string, unit catalog.Unit, interval, n int64) (string, error) {
	from, err := ParseDay(anchor)
	if err != nil {
		return "", err
	}
	const most = lastYear * 366
	if n < 0 || interval < 1 || interval > most || n > most/interval {
		return "", fmt.Errorf("schedule: %d times %d %s is out of range", n, interval, unit)
	}
	count := int(n * interval)
	var to time.Time
	switch unit {
	case catalog.Day:
		to = from.AddDate(0, 0, count)
	case catalog.Week:
		to = from.AddDate(0, 0, 7*count)
	case catalog.Month:
		to = addMonths(from, count)
	case catalog.Year:
		to = addMonths(from, 12*count)
	default:
		return "", fmt.Errorf("schedule: unknown unit %q", unit)
	}
	if to.Year() > lastYear {
		return "", fmt.Errorf("schedule: %d times %d %s after %s is out of range", n, interval, unit, anchor)
	}
	return to.Format(time.DateOnly), nil
}

// addMonths keeps the day of the month where the month has it, else takes its last.
func addMonths(from time.Time, months int) time.Time {
	first := time.Date(from.Year(), from.Month()+time.Month(months), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return first.AddDate(0, 0, min(from.Day(), last)-1)
}

// Start is the first moment of a day in a zone. Where midnight is skipped it is
// when the clocks go on; where a whole day is skipped it is the beginning of the
// next.
func Start(day string, loc *time.Location) (time.Time, error) {
	midnight, err := ParseDay(day)
	if err != nil {
		return time.Time{}, err
	}
	// No zone is two days away from UTC, so the search begins before the day does
	// and looks at each stretch of one offset in turn. On the last day of a leap year
	// beyond a zone's table, package time lets a stretch end before it is over: it is
	// taken as one that goes on.
	at := midnight.AddDate(0, 0, -2)
	for {
		here := at.In(loc)
		_, offset := here.Zone()
		_, end := here.ZoneBounds()
		begins := midnight.Add(-time.Duration(offset) * time.Second)
		if begins.Before(at) {
			begins = at
		}
		if end.IsZero() || !end.After(at) || begins.Before(end) {
			return begins.UTC(), nil
		}
		at = end.UTC()
	}
}

package schedule_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/quittance/quittance/internal/catalog"
	"github.com/quittance/quittance/internal/schedule"
)

func TestDaysOfARhythm(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		anchor   string
		unit     catalog.Unit
		interval int64
		want     []string // from the anchor on
	}{
		{"2026-01-31", catalog.Month, 1, []string{"2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31"}},
		{"2027-12-30", catalog.Month, 1, []string{"2027-12-30", "2028-01-30", "2028-02-29", "2028-03-30"}},
		{"2026-11-30", catalog.Month, 3, []string{"2026-11-30", "2027-02-28", "2027-05-30", "2027-08-30"}},
		{"2028-02-29", catalog.Year, 1, []string{"2028-02-29", "2029-02-28", "2030-02-28", "2031-02-28", "2032-02-29"}},
		{"2096-02-29", catalog.Year, 2, []string{"2096-02-29", "2098-02-28", "2100-02-28", "2102-02-28", "2104-02-29"}},
		{"2026-12-28", catalog.Week, 2, []string{"2026-12-28", "2027-01-11", "2027-01-25"}},
		{"2028-02-27", catalog.Day, 1, []string{"2028-02-27", "2028-02-28", "2028-02-29", "2028-03-01"}},
		{"2026-10-24", catalog.Day, 30, []string{"2026-10-24", "2026-11-23"}},
	} {
		for n, want := range tt.want {
			if got, err := schedule.Add(tt.anchor, tt.unit, tt.interval, int64(n)); err != nil || got != want {
				t.Errorf("%s and %d times %d %s is %s, %v; want %s", tt.anchor, n, tt.interval, tt.unit, got, err, want)
			}
		}
	}
}

func TestDaysThatAreNoneAreRefused(t *testing.T) {
	t.Parallel()
	for _, day := range []string{"", "2026-02-29", "2026-1-31", "31/01/2026", "2026-01-31T00:00:00Z", "0x26-01-01", " 2026-01-31", "12026-01-31"} {
		if _, err := schedule.ParseDay(day); err == nil {
			t.Errorf("%q was read as a day", day)
		}
		if _, err := schedule.Add(day, catalog.Month, 1, 1); err == nil {
			t.Errorf("a month was added to %q", day)
		}
		if at, err := schedule.Start(day, time.UTC); err == nil {
			t.Errorf("%q starts at %v", day, at)
		}
	}
	for _, tt := range []struct {
		unit        catalog.Unit
		interval, n int64
	}{{"", 1, 1}, {"month", 1, 1}, {catalog.Month, 0, 1}, {catalog.Month, -1, 1}, {catalog.Day, 1, -1}, {catalog.Year, 3, 2700}, {catalog.Day, 1 << 62, 4}, {catalog.Year, 1, 1 << 62}} {
		if day, err := schedule.Add("2026-01-31", tt.unit, tt.interval, tt.n); err == nil {
			t.Errorf("%d times %d %q is %s", tt.n, tt.interval, tt.unit, day)
		}
	}
}

// Whatever the anchor: days of a rhythm go forward, months and years keep the
// anchor's day of the month or take the last, and none depends on the one before.
func TestARhythmDoesNotDrift(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		from := anyDay(t)
		unit := rapid.SampledFrom([]catalog.Unit{catalog.Day, catalog.Week, catalog.Month, catalog.Year}).Draw(t, "unit")
		interval := rapid.Int64Range(1, 36).Draw(t, "interval")
		n := rapid.Int64Range(0, 60).Draw(t, "n")
		anchor := from.Format(time.DateOnly)
		day, err := schedule.Add(anchor, unit, interval, n)
		if err != nil {
			t.Fatal(err)
		}
		next, err := schedule.Add(anchor, unit, interval, n+1)
		if err != nil || next <= day {
			t.Fatalf("after %s comes %s, %v", day, next, err)
		}
		if once, err := schedule.Add(anchor, unit, interval*n+1, 1); err != nil || once < day {
			t.Fatalf("%d at once is %s, one by one %s, %v", interval*n+1, once, day, err)
		}
		got, err := schedule.ParseDay(day)
		if err != nil {
			t.Fatal(err)
		}
		apart := got.Sub(from).Hours() / 24
		months := int64(got.Year()-from.Year())*12 + int64(got.Month()-from.Month())
		switch unit {
		case catalog.Day, catalog.Week:
			if days := map[catalog.Unit]int64{catalog.Day: 1, catalog.Week: 7}[unit]; int64(apart) != days*interval*n {
				t.Fatalf("%s is %v days after %s", day, apart, anchor)
			}
		case catalog.Month, catalog.Year:
			if of := map[catalog.Unit]int64{catalog.Month: 1, catalog.Year: 12}[unit]; months != of*interval*n {
				t.Fatalf("%s is %d months after %s", day, months, anchor)
			}
			lastOfMonth := got.AddDate(0, 0, 1).Day() == 1
			if got.Day() != from.Day() && (got.Day() > from.Day() || !lastOfMonth) {
				t.Fatalf("%s is not where %s is in its month", day, anchor)
			}
		}
	})
}

func TestADayStartsWithItsFirstMoment(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ zone, day, want string }{
		{"UTC", "2026-03-29", "2026-03-29T00:00:00Z"},
		{"Europe/Berlin", "2026-03-29", "2026-03-28T23:00:00Z"},       // the day on which summer time begins
		{"Europe/Berlin", "2026-03-30", "2026-03-29T22:00:00Z"},       // and the one after
		{"America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00Z"},   // no midnight: the day begins at one
		{"America/Havana", "2026-11-01", "2026-11-01T04:00:00Z"},      // two midnights: the first
		{"America/St_Johns", "2006-10-29", "2006-10-29T02:30:00Z"},    // one minute, then the day before again
		{"Asia/Beirut", "2026-03-29", "2026-03-28T22:00:00Z"},         // no midnight
		{"Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00Z"},        // no such day: the next one
		{"Pacific/Kiritimati", "2026-01-01", "2025-12-31T10:00:00Z"},  // far ahead
		{"Pacific/Pago_Pago", "2026-01-01", "2026-01-01T11:00:00Z"},   // far behind
		{"Asia/Kathmandu", "2026-01-01", "2025-12-31T18:15:00Z"},      // quarters of an hour
		{"Antarctica/Troll", "2026-10-25", "2026-10-24T22:00:00Z"},    // two hours of summer time
		{"Australia/Lord_Howe", "2026-10-04", "2026-10-03T13:30:00Z"}, // half an hour of it
	} {
		got, err := schedule.Start(tt.day, zone(t, tt.zone))
		if err != nil || got.Format(time.RFC3339) != tt.want {
			t.Errorf("%s in %s starts at %s, %v; want %s", tt.day, tt.zone, got.Format(time.RFC3339), err, tt.want)
		}
	}
}

// In every zone and year, just before the start it is not yet the day.
func TestNothingOfADayLiesBeforeItsStart(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		loc := zone(t, rapid.SampledFrom(zones).Draw(t, "zone"))
		from := anyDay(t)
		day := from.Format(time.DateOnly)
		start, err := schedule.Start(day, loc)
		if err != nil {
			t.Fatal(err)
		}
		if got := schedule.DayOf(start, loc); got < day {
			t.Fatalf("%s starts at %v, which is %s", day, start, got)
		}
		for before := time.Millisecond; before < 72*time.Hour; before *= 3 {
			if got := schedule.DayOf(start.Add(-before), loc); got >= day {
				t.Fatalf("%v before its start it is %s already", before, got)
			}
		}
		next, err := schedule.Start(from.AddDate(0, 0, 1).Format(time.DateOnly), loc)
		if err != nil || next.Before(start) || next.Sub(start) > 26*time.Hour {
			t.Fatalf("%s starts at %v, the next day at %v, %v", day, start, next, err)
		}
	})
}

var zones = []string{
	"UTC", "Europe/Berlin", "Europe/London", "Europe/Lisbon", "Europe/Moscow", "Atlantic/Azores", "Africa/Cairo", "Africa/Casablanca", "Asia/Beirut", "Asia/Gaza",
	"Asia/Tehran", "Asia/Kathmandu", "Asia/Tokyo", "Asia/Amman", "America/Sao_Paulo", "America/Havana", "America/St_Johns", "America/New_York", "America/Santiago",
	"America/Asuncion", "America/Scoresbysund", "America/Godthab", "Australia/Lord_Howe", "Antarctica/Troll", "Pacific/Apia", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Pacific/Chatham",
}

func TestADayStartsAlsoAtTheEndOfAFarLeapYear(t *testing.T) {
	t.Parallel()
	for _, name := range zones {
		loc := zone(t, name)
		for _, day := range []string{"2040-12-30", "2040-12-31", "2041-01-01", "2041-01-02", "2088-12-31", "2089-01-01"} {
			at, err := schedule.Start(day, loc)
			if got := schedule.DayOf(at, loc); err != nil || got != day || schedule.DayOf(at.Add(-time.Nanosecond), loc) >= day {
				t.Errorf("%s in %s starts at %v, which is on %s: %v", day, name, at, got, err)
			}
		}
	}
}

func anyDay(t *rapid.T) time.Time {
	return time.Date(1995, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, rapid.IntRange(0, 365*80).Draw(t, "day"))
}

func zone(t interface{ Fatal(...any) }, name string) *time.Location {
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

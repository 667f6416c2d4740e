package profile

import (
	"testing"
	"time"
)

func TestADayBeginsWithItsFirstMoment(t *testing.T) {
	t.Parallel()

	for name, tt := range map[string]struct{ zone, day, want string }{
		"plain":                     {"UTC", "2026-05-03", "2026-05-03T00:00:00Z"},
		"in summer":                 {"Europe/Berlin", "2026-05-03", "2026-05-02T22:00:00Z"},
		"in winter":                 {"Europe/Berlin", "2026-12-31", "2026-12-30T23:00:00Z"},
		"midnight skipped, Beirut":  {"Asia/Beirut", "2021-03-28", "2021-03-27T22:00:00Z"},
		"midnight skipped, Brazil":  {"America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00Z"},
		"the hour before it, twice": {"Asia/Beirut", "2021-10-31", "2021-10-30T22:00:00Z"},
		"the hour after it, twice":  {"America/Havana", "2021-11-07", "2021-11-07T04:00:00Z"},
	} {
		day, err := time.Parse(time.DateOnly, tt.day)
		if err != nil {
			t.Fatal(err)
		}
		if got := (Profile{TimeZone: tt.zone}).DayBegins(day).Format(time.RFC3339); got != tt.want {
			t.Errorf("%s: %s of %s begins at %s, want %s", name, tt.day, tt.zone, got, tt.want)
		}
	}
}

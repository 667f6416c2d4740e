package v1_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/quittance/quittance/internal/catalog"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/internal/testkit"
)

const advanceClock = "/sandbox/clock/advance"

func clockTo(to time.Time) string {
	return `{"clock":{"to":"` + to.Format(time.RFC3339Nano) + `"}}`
}

func TestTestClockFollowsUntilItIsAdvanced(t *testing.T) {
	t.Parallel()

	a := start(t)
	got := a.do(t, call{path: "/sandbox/clock"})
	if got.status != http.StatusOK || got.field(t, "clock.status") != "following" || got.field(t, "clock.at") != a.Clock.Wall().Format(time.RFC3339Nano) {
		t.Errorf("%d %s", got.status, got.body)
	}
	to := a.Clock.Wall().AddDate(1, 0, 0)
	got = a.do(t, call{path: advanceClock, body: clockTo(to)})
	if got.status != http.StatusOK || got.field(t, "clock.status") != "standing" || got.field(t, "clock.at") != to.Format(time.RFC3339Nano) {
		t.Errorf("%d %s", got.status, got.body)
	}
	if again := a.do(t, call{path: "/sandbox/clock"}); again.body != got.body {
		t.Errorf("the clock is %s, want %s", again.body, got.body)
	}
}

func TestAdvancingCollectsWhatFallsDue(t *testing.T) {
	t.Parallel()

	a := start(t)
	o := a.Sell(testkit.Monthly, order.Sale{Type: catalog.Subscription})
	a.PayWith(o, testkit.Card{Number: testkit.CardApproved})
	to := a.Clock.Wall().AddDate(1, 0, 1)
	first := a.do(t, call{path: advanceClock, body: clockTo(to), repeat: "k"})
	again := a.do(t, call{path: advanceClock, body: clockTo(to), repeat: "k"})
	if first.status != http.StatusOK || again.body != first.body || again.header.Get("Idempotency-Replayed") != "true" {
		t.Errorf("%d %s, repeated %d %s", first.status, first.body, again.status, again.body)
	}
	if got := a.NetCharged(o); got != 13*1200 {
		t.Errorf("the gateway has charged %d, want 13 months of 1200", got)
	}
}

func TestClockOnItsWayIsAnsweredSo(t *testing.T) {
	t.Parallel()

	a := start(t)
	now := a.Clock.Wall()
	a.Exec(`INSERT INTO test_clocks (profile_id, at, target, lease_until) VALUES ($1, $2, $3, $4)`, string(a.Profile.ID), now.UnixMilli(),
		now.AddDate(1, 0, 0).UnixMilli(), now.Add(time.Minute).UnixMilli())
	got := a.do(t, call{path: advanceClock, body: clockTo(now.AddDate(1, 0, 0))})
	if got.status != http.StatusAccepted || got.field(t, "clock.status") != "advancing" || got.field(t, "clock.advancing_to") != now.AddDate(1, 0, 0).Format(time.RFC3339Nano) {
		t.Errorf("the same time: %d %s", got.status, got.body)
	}
	if got := a.do(t, call{path: advanceClock, body: clockTo(now.AddDate(2, 0, 0))}); got.status != http.StatusConflict || got.problem.Code != "clock_moving" {
		t.Errorf("another time: %d %s", got.status, got.body)
	}
}

func TestLiveProfileHasNoTestClock(t *testing.T) {
	t.Parallel()

	a := startWith(t, testkit.Options{Profile: func(p *profile.Profile) { p.Mode = profile.Live }})
	for _, c := range []call{{path: "/sandbox/clock"}, {path: advanceClock, body: clockTo(a.Clock.Wall().AddDate(1, 0, 0))}} {
		if got := a.do(t, c); got.status != http.StatusConflict || got.problem.Code != "clock_live" {
			t.Errorf("%s: %d %s", c.path, got.status, got.body)
		}
	}
}

func TestEveryMistakeInAnAdvanceIsNamed(t *testing.T) {
	t.Parallel()

	a := start(t)
	to := func(text string) string { return `{"clock":{"to":` + text + `}}` }
	a.refuses(t, post(advanceClock), "", nil, map[string]mistaken{
		"no envelope":  {`{}`, "body_invalid", []string{"/clock required"}},
		"nothing":      {`{"clock":{}}`, "body_invalid", []string{"/clock/to required"}},
		"a duration":   {`{"clock":{"by":"P1M"}}`, "body_invalid", []string{"/clock/by unknown_field", "/clock/to required"}},
		"a number":     {to(`1767225600`), "body_invalid", []string{"/clock/to wrong_type"}},
		"a day":        {to(`"2027-01-01"`), "body_invalid", []string{"/clock/to timestamp"}},
		"without zone": {to(`"2027-01-01T00:00:00"`), "body_invalid", []string{"/clock/to timestamp"}},
		"in the past":  {clockTo(a.Clock.Wall().Add(-time.Second)), "clock_invalid", []string{"/clock/to clock_backwards"}},
		"in six years": {clockTo(a.Clock.Wall().AddDate(6, 0, 0)), "clock_invalid", []string{"/clock/to clock_too_far"}},
	})
}

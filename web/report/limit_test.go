package report

import (
	"fmt"
	"testing"
	"time"

	"github.com/quittance/quittance/internal/profile"
)

func TestOneAddressOrMerchantLeavesTheOthersRoom(t *testing.T) {
	t.Parallel()

	var l limiter
	now := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	try := func(profileID, address string) (taken int) {
		for range 100 {
			if l.take(profile.ID(profileID), address, now) {
				taken++
			}
		}
		return taken
	}
	for i, want := range []int{20, 20, 20, 0, 0} {
		if got := try("prf_1", fmt.Sprint(i)); got != want {
			t.Errorf("address %d: %d were taken, want %d", i, got, want)
		}
	}
	if n := len(l.taken[profile.ID("prf_1")].from); n > perProfile {
		t.Errorf("%d addresses are remembered", n)
	}
	if got := try("prf_2", "0"); got != 20 {
		t.Errorf("of the next merchant %d were taken", got)
	}
	now = now.Add(time.Minute)
	if got := try("prf_1", "4"); got != 20 {
		t.Errorf("a minute later %d were taken", got)
	}
}

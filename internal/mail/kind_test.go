package mail_test

import (
	"slices"
	"testing"

	"github.com/quittance/quittance/internal/mail"
	"github.com/quittance/quittance/internal/profile"
)

func TestWhatAProfileMaySwitchOffIsMailThatIsSentByItself(t *testing.T) {
	t.Parallel()
	for _, name := range profile.OptionalMails {
		if !slices.Contains(mail.Kinds, mail.Kind(name)) {
			t.Errorf("there is no mail %s", name)
		}
	}
	for _, k := range []mail.Kind{mail.OrderReady, mail.CardDetailsUpdate, mail.SubscriptionCancelled} {
		if k.Optional() {
			t.Errorf("%s can be switched off", k)
		}
	}
	if n := len(slices.Compact(slices.Sorted(slices.Values(mail.Kinds)))); n != 17+2 {
		t.Errorf("%d kinds, want the 17 of the facts, and the confirmations of a cancellation and of its end", n)
	}
}

func TestADayAsAStepTellsDaysApart(t *testing.T) {
	t.Parallel()
	if a, b := mail.DayStep("2026-11-29"), mail.DayStep("2026-12-01"); a != 20261129 || a >= b {
		t.Errorf("%d and %d", a, b)
	}
}

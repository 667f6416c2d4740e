package mail_test

import (
	"testing"
	"time"

	"github.com/quittance/quittance/internal/mail"
)

func TestOnlyADueMailWhoseTimeHasComeIsClaimed(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 5, 3, 12, 0, 0, 0, time.UTC)
	for name, tt := range map[string]struct {
		mail mail.Mail
		want bool
	}{
		"due":            {mail.Mail{State: mail.Due, NextAttemptAt: now}, true},
		"lease over":     {mail.Mail{State: mail.Due, NextAttemptAt: now, LeaseUntil: now}, true},
		"not yet":        {mail.Mail{State: mail.Due, NextAttemptAt: now.Add(1)}, false},
		"somebody at it": {mail.Mail{State: mail.Due, NextAttemptAt: now, LeaseUntil: now.Add(1)}, false},
		"sent":           {mail.Mail{State: mail.Sent}, false},
		"failed":         {mail.Mail{State: mail.Failed}, false},
		"withdrawn":      {mail.Mail{State: mail.Withdrawn}, false},
	} {
		m := tt.mail
		if got := m.Claim(now); got != tt.want {
			t.Errorf("%s: Claim() = %t, want %t", name, got, tt.want)
		}
		if tt.want && (m.Attempts != 1 || !m.LeaseUntil.Equal(now.Add(mail.Lease))) {
			t.Errorf("%s: attempt %d until %v", name, m.Attempts, m.LeaseUntil)
		}
	}
}

func TestAttemptsGrowRarerAndEndAfterThreeDays(t *testing.T) {
	t.Parallel()
	begun := time.Date(2026, 5, 3, 12, 0, 0, 0, time.UTC)
	m, now, last := mail.Mail{State: mail.Due, NextAttemptAt: begun}, begun, time.Duration(0)
	for m.Claim(now) && m.Retry(now) {
		gap := m.NextAttemptAt.Sub(now)
		if gap < last {
			t.Fatalf("a gap of %s after one of %s", gap, last)
		}
		last, now = gap, m.NextAttemptAt
	}
	if took := now.Sub(begun); took != 72*time.Hour {
		t.Errorf("attempts go on for %s, want three days", took)
	}
}

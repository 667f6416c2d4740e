package profile

import "testing"

func TestMailSettingsThatMeanNothingAreRefused(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		told Mails
		want string // the pointer that is refused
	}{
		"nothing told":       {Mails{}, ""},
		"reminders off":      {Mails{MailsOff: []string{"order_reminder"}, CancelPendingAfterDays: 30}, ""},
		"no such mail":       {Mails{MailsOff: []string{"order_remainder"}}, "/mails_off"},
		"the link's mail":    {Mails{MailsOff: []string{"order_ready"}}, "/mails_off"},
		"a time in the past": {Mails{CancelPendingAfterDays: -1}, "/cancel_pending_after_days"},
		"longer than ever":   {Mails{CancelPendingAfterDays: 3651}, "/cancel_pending_after_days"},
	} {
		bad := tt.told.refuseWrong()
		if (tt.want == "" && len(bad) != 0) || (tt.want != "" && (len(bad) != 1 || bad[0].Pointer != tt.want)) {
			t.Errorf("%s: refused %v, want %q", name, bad, tt.want)
		}
	}
}

package config_test

import (
	"strings"
	"testing"

	"github.com/quittance/quittance/internal/config"
)

func TestMailServerOfAnAddress(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]config.SMTP{
		"":                                    {},
		"smtp://mx.example.com":               {Host: "mx.example.com", Port: 587, StartTLS: true},
		"smtp://u:p%40ss@mx.example.com:2525": {Host: "mx.example.com", Port: 2525, User: "u", Password: "p@ss", StartTLS: true},
		"smtp://mx.example.com/?starttls=required": {Host: "mx.example.com", Port: 587, StartTLS: true},
		"smtp://127.0.0.1:25?starttls=off":         {Host: "127.0.0.1", Port: 25},
		"smtps://user:secret@mx.example.com":       {Host: "mx.example.com", Port: 465, User: "user", Password: "secret", TLS: true},
	} {
		if got, err := (config.Config{SMTPURL: address}).SMTP(); err != nil || got != want {
			t.Errorf("%q is %+v, %v; want %+v", address, got, err, want)
		}
	}
	for _, address := range []string{"mx.example.com", "http://mx.example.com", "smtp://", "smtp://mx:0", "smtp://mx:x", "smtp://mx/path", "smtp://mx?tls=1",
		"smtp://mx?starttls=maybe", "smtps://mx?starttls=off", "smtp://user:hunter2@mx?starttls=off", "smtp://user:hunter2@mx?starttls=off&x=1"} {
		if _, err := (config.Config{SMTPURL: address}).SMTP(); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q: %v, want a refusal without the password", address, err)
		}
	}
}

func TestMailServerNeedsASender(t *testing.T) {
	t.Parallel()
	for from, want := range map[string]bool{"": false, "Shop <a@example.com>": false, "nobody": false, "billing@example.com": true} {
		c := config.Config{SMTPURL: "smtp://mx.example.com", MailFrom: from}
		if got := !strings.Contains(c.Validate().Error(), "QUITTANCE_MAIL_FROM"); got != want {
			t.Errorf("from %q is taken: %t, want %t", from, got, want)
		}
	}
	if err := (config.Config{}).Validate(); strings.Contains(err.Error(), "MAIL") || strings.Contains(err.Error(), "SMTP") {
		t.Errorf("without mail: %v", err)
	}
}

func TestMaskedShowsNoPasswordOfTheMailServer(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"smtp://user:hunter2@mx", "smtp://user:hunter2@m x"} {
		for _, row := range (config.Config{SMTPURL: address}).Masked() {
			if strings.Contains(row[1], "hunter2") {
				t.Errorf("%s shows the password: %s", row[0], row[1])
			}
		}
	}
}

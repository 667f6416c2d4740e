package testkit

import (
	"context"
	"net"
	"strings"

	"github.com/emersion/go-smtp"

	"github.com/quittance/quittance/internal/mail"
	"github.com/quittance/quittance/internal/outbox"
	"github.com/quittance/quittance/internal/profile"
)

// MailFrom is the address that mail comes from in tests.
const MailFrom = "billing@quittance.example"

// startMail serves b, or else an outbox of the App's own, and returns its address.
func (a *App) startMail(b smtp.Backend) string {
	a.TB.Helper()
	a.Outbox = outbox.New()
	if b == nil {
		b = a.Outbox
	}
	var lc net.ListenConfig
	l, err := lc.Listen(a.TB.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		a.TB.Fatalf("start mail server: %v", err)
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(a.TB.Context()))
	ended := make(chan error, 1)
	go func() { ended <- outbox.Serve(ctx, l, b) }()
	a.TB.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			a.TB.Errorf("mail server: %v", err)
		}
	})
	return "smtp://" + l.Addr().String() + "?starttls=off"
}

// SendMails makes one attempt at every mail that is due, as the queue does.
func (a *App) SendMails() {
	a.TB.Helper()
	const due = `SELECT m.profile_id || ' ' || m.id FROM mails m WHERE m.next_attempt_at <= $1 ORDER BY m.next_attempt_at`
	for _, row := range a.Strings(due, a.Clock.Wall().UnixMilli()) {
		owner, id, _ := strings.Cut(row, " ")
		if err := a.Letters.Send(context.WithoutCancel(a.TB.Context()), profile.ID(owner), mail.ID(id)); err != nil {
			a.TB.Fatalf("send mail: %v", err)
		}
	}
}

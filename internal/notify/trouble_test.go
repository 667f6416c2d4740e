package notify_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/quittance/quittance/internal/mail"
	"github.com/quittance/quittance/internal/testkit"
)

// TestMailIsSentAtLeastOnceWhereverWeDie lets our commit after the server's 250
// fail, as if the process had died between the two.
func TestMailIsSentAtLeastOnceWhereverWeDie(t *testing.T) {
	t.Parallel()
	dies := map[string][2]string{ // before and after
		"sqlite": {`CREATE TRIGGER dies BEFORE UPDATE ON mails WHEN NEW.state = 'sent' BEGIN SELECT RAISE(ABORT, 'killed'); END`, `DROP TRIGGER dies`},
		"postgres": {`CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'killed'; END $$;
			CREATE TRIGGER dies BEFORE UPDATE ON mails FOR EACH ROW WHEN (NEW.state = 'sent') EXECUTE FUNCTION die()`, `DROP TRIGGER dies ON mails`},
	}
	for _, engine := range testkit.Engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			app := testkit.Start(t, testkit.Options{Engine: engine})
			o := app.NewOrder(12_400)
			m := ask(t, app, o)

			app.Exec(dies[engine][0])
			if err := app.Letters.Send(t.Context(), m.ProfileID, m.ID); err == nil {
				t.Fatal("the commit did not fail")
			}
			app.Exec(dies[engine][1])
			if got, want := standing(app), []string{"order_ready due 1 "}; !slices.Equal(got, want) {
				t.Fatalf("after the death: %q, want %q", got, want)
			}
			app.SendMails()
			if n := len(app.Outbox.Mails()); n != 1 {
				t.Fatalf("%d mails within the lease, want 1", n)
			}
			app.Advance(mail.Lease)
			app.SendMails()
			app.Advance(mail.Lease)
			app.SendMails()

			got := app.Outbox.Mails()
			if len(got) != 2 {
				t.Fatalf("%d mails, want the one and its repetition", len(got))
			}
			for _, name := range []string{"Message-Id", "Date"} {
				if first, second := got[0].Header.Get(name), got[1].Header.Get(name); first != second || first == "" {
					t.Errorf("%s is %q, then %q", name, first, second)
				}
			}
			if got, want := standing(app), []string{"order_ready sent 2 "}; !slices.Equal(got, want) {
				t.Errorf("in the end: %q, want %q", got, want)
			}
		})
	}
}

func TestMailOfAProcessThatDiedBeforeSendingIsSent(t *testing.T) {
	t.Parallel()
	app := testkit.New(t)
	ask(t, app, app.NewOrder(12_400))
	app.Exec(`UPDATE mails SET attempts = 1, lease_until = $1`, app.Clock.Wall().Add(mail.Lease).UnixMilli()) // its claim was all it did

	app.SendMails()
	if n := len(app.Outbox.Mails()); n != 0 {
		t.Fatalf("%d mails within the lease, want none", n)
	}
	app.Advance(mail.Lease)
	app.SendMails()
	if n := len(app.Outbox.Mails()); n != 1 {
		t.Errorf("%d mails after the lease, want 1", n)
	}
}

func TestTroubleOfTheServerDelaysAMailAndLosesNone(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		trouble func(string, *smtp.Conn) error
		want    string // of what is kept of the attempt
		taken   int    // mails that the server has after the first attempt
	}{
		"421 at the greeting":        {says(greeting, 421), "connect: 421", 0},
		"554 at the greeting":        {says(greeting, 554), "connect: 554", 0},
		"451 for the sender":         {says(sender, 451), "sender: 451 4.1.1", 0},
		"550 for the sender":         {says(sender, 550), "sender: 550 5.1.1", 0},
		"450 for the recipient":      {says(recipient, 450), "recipient: 450 4.1.1", 0},
		"452 for the content":        {says(content, 452), "content: 452 4.1.1", 0},
		"cut at the sender":          {cuts(sender), "sender: connection lost", 0},
		"cut before the content":     {cuts(content), "content: connection lost", 0},
		"cut before the last 250":    {cuts(answering), "content: connection lost", 1},
		"taken and 451 all the same": {says(answering, 451), "content: 451 4.1.1", 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := newMoody()
			app := startWith(t, server)
			ask(t, app, app.NewOrder(12_400))

			server.has(tt.trouble)
			app.SendMails()
			got := standing(app)
			if len(got) != 1 || !strings.HasPrefix(got[0], "order_ready due 1 "+tt.want) {
				t.Errorf("after the trouble: %q, want %q", got, tt.want)
			}
			if n := len(server.box.Mails()); n != tt.taken {
				t.Errorf("the server has %d mails, want %d", n, tt.taken)
			}
			app.SendMails() // not yet
			server.has(nil)
			app.Advance(time.Minute)
			app.SendMails()

			if got, want := standing(app), []string{"order_ready sent 2 "}; !slices.Equal(got, want) {
				t.Errorf("in the end: %q, want %q", got, want)
			}
			if n := len(server.box.Mails()); n != tt.taken+1 {
				t.Errorf("the server has %d mails, want %d", n, tt.taken+1)
			}
			wantSilent(t, app)
		})
	}
}

func TestSlowServerIsGivenUpAndTriedAgain(t *testing.T) {
	t.Parallel()
	server := newMoody()
	app := startWith(t, server)
	app.Letters.Server.Timeout = 100 * time.Millisecond
	ask(t, app, app.NewOrder(12_400))
	answer := make(chan struct{})
	server.has(func(step string, _ *smtp.Conn) error {
		if step == recipient {
			<-answer
		}
		return nil
	})

	app.SendMails()
	close(answer)
	server.has(nil)

	if got, want := standing(app), []string{"order_ready due 1 recipient: connection lost"}; !slices.Equal(got, want) {
		t.Errorf("after the wait: %q, want %q", got, want)
	}
	app.Letters.Server.Timeout = 0
	app.Advance(time.Minute)
	app.SendMails()
	if got, want := standing(app), []string{"order_ready sent 2 "}; !slices.Equal(got, want) {
		t.Errorf("in the end: %q, want %q", got, want)
	}
}

func TestServerThatIsDownIsTriedForThreeDays(t *testing.T) {
	t.Parallel()
	app := testkit.New(t)
	app.Letters.Server.Port = 1 // nobody listens there
	o := app.NewOrder(12_400)
	ask(t, app, o)
	begun := app.Clock.Wall()

	last := time.Duration(0)
	for app.Strings(`SELECT state FROM mails`)[0] == "due" {
		app.SendMails()
		next := app.Strings(`SELECT CAST(COALESCE(next_attempt_at, 0) AS TEXT) FROM mails`)[0]
		if next == "0" {
			break
		}
		gap := nextGap(t, app, next)
		if gap < last || gap > 2*time.Hour {
			t.Fatalf("a gap of %s after one of %s", gap, last)
		}
		last = gap
		app.Clock.Advance(gap)
	}

	if took := app.Clock.Wall().Sub(begun); took != 72*time.Hour {
		t.Errorf("given up after %s, want three days", took)
	}
	if got := standing(app); len(got) != 1 || !strings.HasPrefix(got[0], "order_ready failed 42 connect: ") {
		t.Errorf("in the end: %q", got)
	}
	if got, want := app.Tasks(o), []string{"mail_failed"}; !slices.Equal(got, want) {
		t.Errorf("tasks %q, want %q", got, want)
	}
}

func TestRefusalOfThisMailIsFinalAndStaffAreAsked(t *testing.T) {
	t.Parallel()
	for name, trouble := range map[string]func(string, *smtp.Conn) error{"recipient": says(recipient, 550), "content": says(content, 554)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := newMoody()
			app := startWith(t, server)
			o := app.NewOrder(12_400)
			ask(t, app, o)

			server.has(trouble)
			app.SendMails()
			server.has(nil)
			app.Advance(72 * time.Hour)
			app.SendMails()

			if got := standing(app); len(got) != 1 || !strings.HasPrefix(got[0], "order_ready failed 1 "+name+": 55") {
				t.Errorf("the mail: %q", got)
			}
			if got, want := app.Tasks(o), []string{"mail_failed"}; !slices.Equal(got, want) {
				t.Errorf("tasks %q, want %q", got, want)
			}
			if n := len(server.box.Mails()); n != 0 {
				t.Errorf("the server has %d mails, want none", n)
			}
			if got := app.Events(o); !slices.Contains(got, "mail.failed") {
				t.Errorf("events %q", got)
			}
			wantSilent(t, app)
		})
	}
}

// TestOlderAttemptChangesNothingOfANewerOne lets an attempt outlive its lease.
func TestOlderAttemptChangesNothingOfANewerOne(t *testing.T) {
	t.Parallel()
	server := newMoody()
	app := startWith(t, server)
	m := ask(t, app, app.NewOrder(12_400))
	arrived, answer, done := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	server.has(func(step string, _ *smtp.Conn) error {
		if step == recipient {
			close(arrived)
			<-answer
			return says(recipient, 550)(step, nil)
		}
		return nil
	})
	go func() { done <- app.Letters.Send(t.Context(), m.ProfileID, m.ID) }()
	<-arrived
	app.Advance(mail.Lease)
	app.Exec(`UPDATE mails SET attempts = attempts + 1, lease_until = $1`, app.Clock.Wall().Add(mail.Lease).UnixMilli()) // the newer one claims

	close(answer)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if got, want := standing(app), []string{"order_ready due 2 "}; !slices.Equal(got, want) {
		t.Errorf("the older attempt left %q, want %q", got, want)
	}
}

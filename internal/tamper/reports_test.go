package tamper_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/quittance/quittance/internal/outbox"
	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/internal/tamper"
	"github.com/quittance/quittance/internal/testkit"
)

// reports are those of one process of the application.
func reports(app *testkit.App) *tamper.Reports {
	return &tamper.Reports{Repo: app.DB, Clock: app.Clock, Log: slog.New(slog.DiscardHandler)}
}

func script(from string) tamper.Report {
	return tamper.Report{Directive: "script-src-elem", Blocked: from + "/x.js?card=4111"}
}

func take(t *testing.T, r *tamper.Reports, profileID profile.ID, on tamper.Page, report tamper.Report) {
	t.Helper()
	if err := r.Take(t.Context(), profileID, on, report); err != nil {
		t.Fatal(err)
	}
}

func blocked(app *testkit.App) []string {
	return app.Strings(`SELECT data FROM events WHERE type = 'payment_page.source_blocked' ORDER BY profile_id, seq`)
}

func TestABlockedSourceIsToldAtFirstSight(t *testing.T) {
	t.Parallel()
	for _, engine := range testkit.Engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			app := testkit.Start(t, testkit.Options{Engine: engine, Profile: func(p *profile.Profile) { p.Details.Email = merchant }})
			begun := app.Clock.Wall()
			var many sync.WaitGroup
			for range 4 {
				many.Go(func() {
					for range 5 {
						if err := reports(app).Take(t.Context(), app.Profile.ID, tamper.Checkout, script("https://skim.example")); err != nil {
							t.Error(err)
						}
					}
				})
			}
			many.Wait()
			app.Advance(time.Hour)
			take(t, reports(app), app.Profile.ID, tamper.Checkout, script("https://skim.example"))
			take(t, reports(app), app.Profile.ID, tamper.Checkout, tamper.Report{Directive: "script-src-elem", Blocked: "chrome-extension"})

			if got := blocked(app); len(got) != 1 || !strings.Contains(got[0], `"source":"https://skim.example"`) || strings.Contains(got[0], "4111") {
				t.Errorf("told %q, want the source once", got)
			}
			if got := app.Strings(`SELECT kind || ' ' || subject FROM staff_tasks WHERE profile_id = $1`, string(app.Profile.ID)); !slices.Equal(got, []string{"payment_page_source_blocked https://skim.example (script-src-elem, checkout)"}) {
				t.Errorf("tasks %q", got)
			}
			seen, err := app.DB.BlockedSources(t.Context(), app.Profile.ID, time.Time{}, 10)
			want := tamper.Sighting{Blocked: tamper.Blocked{Page: tamper.Checkout, Directive: "script-src-elem", Source: "https://skim.example"}, FirstAt: begun, LastAt: begun.Add(time.Hour), Reports: 21}
			if err != nil || !slices.Equal(seen, []tamper.Sighting{want}) {
				t.Errorf("kept %+v, %v; want %+v", seen, err, want)
			}

			take(t, reports(app), app.Profile.ID, tamper.Embed, script("https://skim.example"))
			take(t, reports(app), app.Other.ID, tamper.Checkout, script("https://skim.example"))
			if got := blocked(app); len(got) != 3 {
				t.Errorf("on another page and of another merchant it was told %d times in all, want 3", len(got))
			}
			app.SendMails()
			mails := slices.DeleteFunc(app.Outbox.Mails(), func(m outbox.Mail) bool { return !slices.Contains(m.To, merchant) })
			if len(mails) != 1 || !strings.Contains(mails[0].Text, "https://skim.example (script-src-elem, embed)") || !strings.Contains(mails[0].Text, "(script-src-elem, checkout)") {
				t.Fatalf("mails to the merchant: %+v", mails)
			}
		})
	}
}

func TestInventedReportsAreBounded(t *testing.T) {
	t.Parallel()
	for _, engine := range testkit.Engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			app := testkit.Start(t, testkit.Options{Engine: engine, Profile: func(p *profile.Profile) { p.Details.Email = merchant }})
			r := reports(app)
			invent := func(day int) {
				for i := range 30 {
					take(t, r, app.Profile.ID, tamper.Checkout, script(fmt.Sprintf("https://d%d-%d.example", day, i)))
				}
			}
			invent(1)
			take(t, r, app.Profile.ID, tamper.Checkout, script("https://d1-3.example"))
			take(t, r, app.Other.ID, tamper.Checkout, script("https://skim.example"))
			if got := app.Strings(`SELECT profile_id || ' ' || source || ' ' || reports FROM blocked_sources`); len(got) != 21 || !slices.Contains(got, string(app.Profile.ID)+" https://d1-3.example 2") {
				t.Errorf("on the first day %d sources are kept, want 20 of one profile and 1 of the other: %q", len(got), got)
			}
			app.Advance(25 * time.Hour)
			invent(2)
			if got := blocked(app); len(got) != 41 {
				t.Errorf("after two days %d sources were told", len(got))
			}
			if got := app.Strings(`SELECT kind FROM mails WHERE profile_id = $1`, string(app.Profile.ID)); len(got) != 2 {
				t.Errorf("%d mails in two days", len(got))
			}
		})
	}
}

func TestASourceWithoutReportsIsNewAgain(t *testing.T) {
	t.Parallel()

	app := testkit.New(t)
	r := reports(app)
	report := func(names ...string) {
		for _, name := range names {
			take(t, r, app.Profile.ID, tamper.Checkout, script("https://"+name+".example"))
		}
	}
	report("gone", "forgotten", "known")
	app.Advance(60 * 24 * time.Hour)
	report("known")
	app.Advance(60 * 24 * time.Hour)
	report("known")
	if got := blocked(app); len(got) != 3 {
		t.Fatalf("told %q, want each once", got)
	}
	report("gone")
	if got := blocked(app); len(got) != 4 || !strings.Contains(got[3], "gone") {
		t.Errorf("told %q, want the one that was gone anew", got)
	}
	if got := app.Strings(`SELECT source || ' ' || reports FROM blocked_sources ORDER BY source`); !slices.Equal(got, []string{"https://gone.example 1", "https://known.example 3"}) {
		t.Errorf("remembered %q", got)
	}
}

func TestAReportOfWhichNothingCouldBeKeptIsAnError(t *testing.T) {
	t.Parallel()

	app := testkit.New(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := reports(app).Take(ctx, app.Profile.ID, tamper.Checkout, script("https://skim.example")); err == nil {
		t.Error("taken without a database")
	}
}

func TestAlarmsGoToTheOperator(t *testing.T) {
	t.Parallel()

	const operator = "ops@host.example"
	for name, c := range map[string]struct {
		alerts, contact string
		to              []string
	}{
		"where an address is set":               {operator, merchant, []string{operator}},
		"of a profile without an address too":   {operator, "", []string{operator}},
		"else to the profile":                   {"", merchant, []string{merchant}},
		"to nobody where there is no one known": {"", "", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app := testkit.Start(t, testkit.Options{AlertMail: c.alerts, Profile: func(p *profile.Profile) { p.Details.Email = c.contact }})
			through(app, func(path string, h http.Header, body string) string {
				if strings.HasSuffix(path, string(app.Profile.ID)) {
					h.Del(policy)
				}
				return body
			})
			sweep(t, app)
			take(t, reports(app), app.Profile.ID, tamper.Checkout, script("https://skim.example"))
			app.SendMails()
			var to []string
			for _, m := range app.Outbox.Mails() {
				to = append(to, m.To...)
			}
			want := slices.Concat(c.to, c.to) // of the page, and of the source
			if !slices.Equal(to, want) {
				t.Errorf("mails to %q, want %q", to, want)
			}
			if left := app.Strings(`SELECT id FROM mails WHERE state = 'due'`); len(left) > 0 {
				t.Errorf("%d mails are left", len(left))
			}
		})
	}
}

package tamper_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/quittance/quittance/internal/outbox"
	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/internal/tamper"
	"github.com/quittance/quittance/internal/testkit"
	"github.com/quittance/quittance/static"
)

const (
	probe    = "/checkout/probe/"
	skimmer  = "https://skim.example/x.js"
	policy   = "Content-Security-Policy"
	merchant = "owner@merchant.example"
)

// proxy stands before the real application and alters what it answers.
type proxy struct {
	alter func(path string, header http.Header, body string) string
}

func (p proxy) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	body := p.alter(req.URL.Path, resp.Header, string(raw))
	resp.Body, resp.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
	return resp, resp.Body.Close()
}

// through lets the check come by a proxy.
func through(app *testkit.App, alter func(path string, header http.Header, body string) string) {
	app.Tamper.Transport = proxy{alter}
}

// harmless is what proxies do.
func harmless(_ string, h http.Header, body string) string {
	h.Set("Server", "nginx")
	h.Set("Date", "Sun, 22 Nov 2026 12:00:00 GMT")
	h.Set("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
	return body
}

func sweep(t *testing.T, app *testkit.App) {
	t.Helper()
	if err := app.Tamper.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func told(app *testkit.App) []string {
	return app.Strings(`SELECT data FROM events WHERE type = 'payment_page.altered' AND profile_id = $1 ORDER BY seq`, string(app.Profile.ID))
}

func TestAlteredPagesAreFound(t *testing.T) {
	t.Parallel()

	app := testkit.New(t)
	page, script := probe+string(app.Profile.ID), static.URL("js/wpwl.js")
	onPage := func(alter func(h http.Header, body string) string) func(string, http.Header, string) string {
		return func(path string, h http.Header, body string) string {
			if path != page {
				return body
			}
			return alter(h, body)
		}
	}
	for name, c := range map[string]struct {
		alter func(string, http.Header, string) string
		want  []string
	}{
		"nothing": {harmless, nil},
		"a byte of our script": {func(path string, _ http.Header, body string) string {
			if path == script {
				return "!" + body[1:]
			}
			return body
		}, []string{script}},
		"no policy": {onPage(func(h http.Header, body string) string { h.Del(policy); return body }), []string{policy}},
		"a wider policy": {onPage(func(h http.Header, body string) string {
			h.Set(policy, strings.Replace(h.Get(policy), "script-src ", "script-src https://skim.example ", 1))
			return body
		}), []string{policy}},
		"frames allowed": {onPage(func(h http.Header, body string) string { h.Del("X-Frame-Options"); return body }), []string{"X-Frame-Options"}},
		"one more script": {onPage(func(_ http.Header, body string) string {
			return strings.Replace(body, "</body>", `<script src="`+skimmer+`"></script></body>`, 1)
		}), []string{page, skimmer}},
		"a script in the page": {onPage(func(_ http.Header, body string) string {
			return strings.Replace(body, "</body>", `<SCRIPT>steal()</SCRIPT></body>`, 1)
		}), []string{page, "inline"}},
		"another hash": {onPage(func(_ http.Header, body string) string {
			return strings.Replace(body, static.Integrity("js/wpwl.js"), "sha384-other", 1)
		}), []string{page, script}},
		"another form": {onPage(func(_ http.Header, body string) string {
			return strings.Replace(body, "<form ", `<form data-x="1" `, 1)
		}), []string{page}},
	} {
		through(app, c.alter)
		found, err := app.Tamper.Look(t.Context(), app.Profile.ID)
		slices.Sort(c.want)
		if err != nil || !slices.Equal(found, c.want) {
			t.Errorf("%s: found %q, want %q (%v)", name, found, c.want, err)
		}
	}
}

func TestWhatDiffersIsToldOnce(t *testing.T) {
	t.Parallel()
	for _, engine := range testkit.Engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			app := testkit.Start(t, testkit.Options{Engine: engine, Profile: func(p *profile.Profile) { p.Details.Email = merchant }})
			through(app, harmless)
			sweep(t, app)
			app.Advance(25 * time.Hour)
			sweep(t, app)
			if got := told(app); len(got) != 0 {
				t.Fatalf("the true page was told: %q", got)
			}

			through(app, func(path string, h http.Header, body string) string { h.Del(policy); return body })
			sweep(t, app)
			if got := told(app); len(got) != 0 {
				t.Errorf("looked again before the day was over: %q", got)
			}
			app.Advance(25 * time.Hour)
			var many sync.WaitGroup
			for range 4 {
				many.Go(func() {
					if err := app.Tamper.Sweep(t.Context()); err != nil {
						t.Error(err)
					}
				})
			}
			many.Wait()
			app.Advance(25 * time.Hour)
			sweep(t, app)
			if got := told(app); len(got) != 1 || !strings.Contains(got[0], policy) {
				t.Errorf("told %q, want the policy once", got)
			}
			if got := app.Strings(`SELECT kind FROM staff_tasks WHERE profile_id = $1`, string(app.Profile.ID)); !slices.Equal(got, []string{"payment_page_altered"}) {
				t.Errorf("tasks %q", got)
			}
			app.SendMails()
			mails := slices.DeleteFunc(app.Outbox.Mails(), func(m outbox.Mail) bool { return !slices.Contains(m.To, merchant) })
			if len(mails) != 1 || !strings.Contains(mails[0].Text, policy) {
				t.Fatalf("mails to the merchant: %+v", mails)
			}

			through(app, harmless)
			app.Advance(25 * time.Hour)
			sweep(t, app)
			through(app, func(path string, h http.Header, body string) string { h.Del(policy); return body })
			app.Advance(25 * time.Hour)
			sweep(t, app)
			if got := told(app); len(got) != 2 {
				t.Errorf("altered anew, it was told %d times in all", len(got))
			}
		})
	}
}

func TestAPageThatCannotBeFetchedIsLookedAtAgain(t *testing.T) {
	t.Parallel()

	app := testkit.New(t)
	app.Tamper.Transport = away{}
	err := app.Tamper.Sweep(t.Context())
	if !errors.Is(err, tamper.ErrUnseen) || strings.Contains(err.Error(), "?t=") {
		t.Errorf("the sweep says %v", err)
	}
	through(app, func(path string, h http.Header, body string) string { h.Del(policy); return body })
	sweep(t, app)
	if got := told(app); len(got) != 0 {
		t.Errorf("looked again at once: %q", got)
	}
	app.Advance(61 * time.Minute)
	sweep(t, app)
	if got := told(app); len(got) != 1 {
		t.Errorf("an hour later %q was told", got)
	}
}

func TestARunningAppLooksAtItsPagesEachDay(t *testing.T) {
	t.Parallel()

	app := testkit.Start(t, testkit.Options{Profile: func(p *profile.Profile) { p.Details.Email = merchant }})
	var missing atomic.Pointer[string] // the header that the proxy takes away
	missing.Store(new(string))
	through(app, func(_ string, h http.Header, body string) string { h.Del(*missing.Load()); return body })
	app.Tamper.Every = 10 * time.Millisecond
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan error, 1)
	go func() { ended <- app.Run(ctx, nil) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("the app ended with %v", err)
		}
	})

	checked := func() bool {
		return len(app.Strings(`SELECT profile_id FROM page_checks WHERE next_at > $1`, app.Clock.Wall().Add(23*time.Hour).UnixMilli())) == 2
	}
	app.Eventually("the first look", checked)
	for i, header := range []string{policy, "X-Frame-Options"} {
		missing.Store(&header)
		app.Advance(25 * time.Hour)
		app.Eventually("the look of the next day", checked)
		if got := told(app); len(got) != i+1 || !strings.Contains(got[i], header) {
			t.Fatalf("on day %d %q were told, want the missing %s last", i+1, got, header)
		}
	}
	app.Eventually("a mail of each", func() bool {
		return len(slices.DeleteFunc(app.Outbox.Mails(), func(m outbox.Mail) bool { return !slices.Contains(m.To, merchant) })) == 2
	})
}

// away is a site that does not answer.
type away struct{}

func (away) RoundTrip(*http.Request) (*http.Response, error) { return nil, errors.New("refused") }

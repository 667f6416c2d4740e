package web_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/quittance/quittance/internal/testkit"
)

var reportAddress = regexp.MustCompile(`; report-uri (/csp-reports\?\S+);`)

// reportsTo is where an answer's page wants blocked sources reported.
func reportsTo(t *testing.T, a answer) string {
	t.Helper()
	found := reportAddress.FindStringSubmatch(a.Header.Get("Content-Security-Policy"))
	if found == nil {
		t.Fatalf("no address of reports in %q", a.Header.Get("Content-Security-Policy"))
	}
	return found[1]
}

func violation(directive, source string) string {
	return fmt.Sprintf(`{"csp-report":{"document-uri":"http://pay.example/checkout/att_1?t=secret-1","effective-directive":%q,"blocked-uri":%q,"script-sample":"secret-2"}}`, directive, source)
}

func (v *visitor) report(to, body string) {
	v.t.Helper()
	v.send(http.MethodPost, to, "application/csp-report", body).wantStatus(http.StatusNoContent)
}

func TestABlockedSourceBecomesKnownToTheMerchant(t *testing.T) {
	t.Parallel()

	app := testkit.New(t)
	v := newVisitor(t, app)
	to := reportsTo(t, v.startPaying(app.NewOrder(12400)))
	for range 3 {
		v.report(to, violation("script-src-elem", "https://skim.example/x.js?card=secret-3"))
	}
	v.report(to, `{"csp-report":{"violated-directive":"connect-src https://gw.example","blocked-uri":"https://old.example/secret-4"}}`)

	if got, want := app.Strings(`SELECT page || ' ' || directive || ' ' || source || ' ' || reports FROM blocked_sources ORDER BY source`),
		[]string{"checkout connect-src https://old.example 1", "checkout script-src-elem https://skim.example 3"}; !slices.Equal(got, want) {
		t.Errorf("kept %q, want %q", got, want)
	}
	if got := app.Strings(`SELECT subject FROM staff_tasks WHERE kind = 'payment_page_source_blocked' AND profile_id = $1`, string(app.Profile.ID)); len(got) != 2 {
		t.Errorf("tasks %q", got)
	}
	var told struct {
		Data []struct {
			Type string
			Data map[string]string
		}
	}
	if err := json.Unmarshal(wantDone(t, app, http.MethodGet, "/events?type=payment_page.source_blocked", "", ""), &told); err != nil {
		t.Fatal(err)
	}
	if len(told.Data) != 2 || told.Data[1].Data["source"] != "https://skim.example" || told.Data[1].Data["page"] != "checkout" {
		t.Errorf("events %+v", told.Data)
	}
	if dump := app.Log.String() + fmt.Sprint(app.Dump()); strings.Contains(dump, "secret-") || strings.Contains(dump, "x.js") {
		t.Error("what a report brought along is kept or logged")
	}
}

func TestAFrameReportsAsAFrame(t *testing.T) {
	t.Parallel()

	app := testkit.New(t)
	mayEmbed(t, app, shopHost)
	v := newVisitor(t, app)
	o := app.NewOrder(12400)
	e := embed(t, app, o, shopHost)
	v.startPaying(o)
	frame := v.get(e.EmbedURL)
	v.report(reportsTo(t, frame), violation("script-src-elem", "inline"))
	if got := app.Strings(`SELECT page || ' ' || source FROM blocked_sources`); !slices.Equal(got, []string{"embed inline"}) {
		t.Errorf("kept %q", got)
	}
}

func TestOnlyWhoWasSentAPageReportsOfIt(t *testing.T) {
	t.Parallel()

	app := testkit.New(t)
	v := newVisitor(t, app)
	to := reportsTo(t, v.startPaying(app.NewOrder(12400)))
	before := app.Dump()
	body := violation("script-src-elem", "https://skim.example")
	for _, address := range []string{
		"/csp-reports", strings.Replace(to, string(app.Profile.ID), string(app.Other.ID), 1), strings.Replace(to, "page=checkout", "page=embed", 1),
		to + "A", strings.Replace(to, "t=", "t=x", 1),
	} {
		v.report(address, body)
	}
	for _, nothing := range []string{"", "nonsense", "[]", `{"csp-report":[]}`, violation("script-src-elem", "chrome-extension"), violation("script-src", "moz-extension://1/x.js"),
		violation("frame-src", "about"), violation("img-src", "data"), violation("script-src-elem", strings.Repeat("x", 40<<10))} {
		v.report(to, nothing)
	}
	if diff := cmp.Diff(before, app.Dump()); diff != "" {
		t.Errorf("the database changed (-before +after):\n%s", diff)
	}
}

func TestReportsAreBoundedByTheMinute(t *testing.T) {
	t.Parallel()

	app := testkit.New(t)
	v := newVisitor(t, app)
	to := reportsTo(t, v.startPaying(app.NewOrder(12400)))
	taken := func() string {
		return strings.Join(app.Strings(`SELECT CAST(reports AS TEXT) FROM blocked_sources`), " ")
	}
	for range 40 {
		v.report(to, violation("script-src", "eval"))
	}
	if got := taken(); got != "20" {
		t.Errorf("of 40 reports of one browser in a minute %s were taken, want 20", got)
	}
	app.Advance(time.Minute)
	v.report(to, violation("script-src", "eval"))
	if got := taken(); got != "21" {
		t.Errorf("a minute later %s are taken, want 21", got)
	}
}

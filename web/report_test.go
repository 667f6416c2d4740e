package web_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/quittance/quittance/internal/testkit"
)

func TestBlockedSourcesAreReportedWithoutSecrets(t *testing.T) {
	t.Parallel()

	app := testkit.New(t)
	v := newVisitor(t, app)
	widget := v.startPaying(app.NewOrder(12400))
	if got := widget.Header.Get("Content-Security-Policy"); !strings.Contains(got, "; report-uri /csp-reports; report-to csp") || widget.Header.Get("Reporting-Endpoints") != `csp="/csp-reports"` {
		t.Errorf("policy %q, endpoints %q", got, widget.Header.Get("Reporting-Endpoints"))
	}
	for _, body := range []string{
		`{"csp-report":{"document-uri":"` + app.URL + widget.Request.URL.Path + `?t=secret-1","violated-directive":"script-src","blocked-uri":"https://evil.example/skim.js?card=secret-2"}}`,
		`[{"type":"csp-violation","body":{"documentURL":"` + app.URL + `/embed/att_1?t=secret-3","effectiveDirective":"script-src-elem","blockedURL":"inline","sample":"secret-4"}}]`,
		`nonsense secret-5`, `{"csp-report":{"blocked-uri":"secret-6 \u0000"}}`, strings.Repeat("x", 40<<10),
	} {
		v.send(http.MethodPost, "/csp-reports", "application/csp-report", body).wantStatus(http.StatusNoContent)
	}
	log := app.Log.String()
	for _, want := range []string{`"directive":"script-src","source":"https://evil.example","page":"/checkout/"`, `"directive":"script-src-elem","source":"inline","page":"/embed/"`} {
		if !strings.Contains(log, want) {
			t.Errorf("the log lacks %s", want)
		}
	}
	if strings.Contains(log, "secret-") || strings.Contains(log, "skim.js") {
		t.Error("the log has what a report brought along")
	}
	for range 100 {
		v.send(http.MethodPost, "/csp-reports", "application/csp-report", `{"csp-report":{"blocked-uri":"eval","violated-directive":"script-src"}}`).wantStatus(http.StatusNoContent)
	}
	if n := strings.Count(app.Log.String(), `"source":"eval"`); n == 0 || n > 60 {
		t.Errorf("%d of 100 reports were taken in a minute", n)
	}
}

package outbox_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/smtp"
	"strings"
	"testing"

	"github.com/quittance/quittance/internal/outbox"
)

const sample = "From: Shop <a@example.com>\r\nTo: b@example.com\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n" +
	"--x\r\nContent-Type: multipart/alternative; boundary=y\r\n\r\n" +
	"--y\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\ngr=C3=BCn\r\n" +
	"--y\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<html><head></head><body><script>bad()</script>hello</body></html>\r\n--y--\r\n" +
	"--x\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=\"R 1.pdf\"\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERi0=\r\n--x--\r\n"

func start(t *testing.T) (box *outbox.Outbox, address, site string) {
	t.Helper()
	box = outbox.New()
	var lc net.ListenConfig
	l, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = box.Serve(t.Context(), l) }() // ends with the test
	s := httptest.NewServer(box.Handler())
	t.Cleanup(s.Close)
	return box, l.Addr().String(), s.URL
}

// page is an answer, read whole.
type page struct {
	status int
	policy string
	body   string
}

func get(t *testing.T, address string) page {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return page{resp.StatusCode, resp.Header.Get("Content-Security-Policy"), string(b)}
}

func TestReceivedMailIsShown(t *testing.T) {
	t.Parallel()
	_, address, site := start(t)
	if err := smtp.SendMail(address, nil, "a@example.com", []string{"b@example.com"}, []byte(sample)); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		"/": "Grüße", "/messages.json": `"subject":"Grüße"`, "/messages/1": "grün", "/messages/1/html": "hello", "/messages/1/R%201.pdf": "%PDF-", "/outbox.css": "main",
	} {
		got := get(t, site+path)
		if got.status != http.StatusOK || !strings.Contains(got.body, want) {
			t.Errorf("%s = %d without %q:\n%s", path, got.status, want, got.body)
		}
	}
	for _, path := range []string{"/messages/2", "/messages/x", "/messages/1/other.pdf", "/nowhere"} {
		if got := get(t, site+path); got.status != http.StatusNotFound {
			t.Errorf("%s = %d, want 404", path, got.status)
		}
	}
}

func TestMailsHTMLRunsNothingAndLoadsNothing(t *testing.T) {
	t.Parallel()
	_, address, site := start(t)
	if err := smtp.SendMail(address, nil, "a@example.com", []string{"b@example.com"}, []byte(sample)); err != nil {
		t.Fatal(err)
	}
	policy := get(t, site+"/messages/1/html").policy
	for _, want := range []string{"sandbox ", "default-src 'none'"} {
		if !strings.Contains(policy, want) || strings.Contains(policy, "allow-scripts") {
			t.Errorf("policy %q lacks %q", policy, want)
		}
	}
	if got := get(t, site+"/messages/1"); strings.Contains(got.body, "bad()") || !strings.Contains(got.body, ` sandbox="allow-popups`) {
		t.Error("the page has the mail's script in it, or a frame without a sandbox")
	}
}

func TestOldestMailsAreForgotten(t *testing.T) {
	t.Parallel()
	box, address, _ := start(t)
	for i := range 201 {
		text := strings.Replace(sample, "=?utf-8?q?Gr=C3=BC=C3=9Fe?=", fmt.Sprint("Mail ", i), 1)
		if err := smtp.SendMail(address, nil, "a@example.com", []string{"b@example.com"}, []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if all := box.Mails(); len(all) != 200 || all[0].Number != 2 || all[199].Subject != "Mail 200" {
		t.Errorf("%d mails, from number %d", len(all), all[0].Number)
	}
}

func TestWhatIsNoMailIsRefused(t *testing.T) {
	t.Parallel()
	box, address, _ := start(t)
	err := smtp.SendMail(address, nil, "a@example.com", []string{"b@example.com"}, []byte("no mail at all"))
	if err == nil || !strings.HasPrefix(err.Error(), "554") || len(box.Mails()) != 0 {
		t.Errorf("%v, %d mails", err, len(box.Mails()))
	}
}

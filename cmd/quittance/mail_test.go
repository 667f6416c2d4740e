package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/quittance/quittance/internal/outbox"
)

// killer takes a mail and kills the process that sent it before it says so.
type killer struct {
	box *outbox.Outbox

	mu     sync.Mutex
	victim *exec.Cmd // nil: nobody is killed
}

func (k *killer) NewSession(c *smtp.Conn) (smtp.Session, error) {
	inner, err := k.box.NewSession(c)
	return &deadly{inner, k}, err
}

type deadly struct {
	smtp.Session

	k *killer
}

func (d *deadly) Data(r io.Reader) error {
	if err := d.Session.Data(r); err != nil {
		return err
	}
	d.k.mu.Lock()
	defer d.k.mu.Unlock()
	if d.k.victim != nil {
		_ = d.k.victim.Process.Kill()
	}
	return nil
}

func (k *killer) kills(victim *exec.Cmd) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.victim = victim
}

// TestKilledBetweenTheServersYesAndOurCommitAMailIsRepeatedNotLost lets serve die
// by SIGKILL while the mail server answers.
func TestKilledBetweenTheServersYesAndOurCommitAMailIsRepeatedNotLost(t *testing.T) {
	t.Parallel()
	k := &killer{box: outbox.New()}
	var lc net.ListenConfig
	l, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = outbox.Serve(t.Context(), l, k) }() // ends with the test
	env := settings(t, "")
	env["BASE_URL"], env["SMTP_URL"], env["MAIL_FROM"] = "http://"+env["LISTEN"], "smtp://"+l.Addr().String()+"?starttls=off", "shop@example.com"
	profile := regexp.MustCompile(`prf_\w+`).FindString(wantOutput(t, env, `profile prf_`, "profile", "apply", writeProfile(t, profileFile)))
	key := regexp.MustCompile(`qk_\S+`).FindString(wantOutput(t, env, `qk_`, "key", "create", profile))

	first := command(t, env, "serve")
	k.kills(first)
	if err := first.Start(); err != nil {
		t.Fatal(err)
	}
	wantReady(t, env["BASE_URL"])
	post := func(path, body string) string {
		t.Helper()
		return call(t, env["BASE_URL"]+"/api/v1/"+path, key, body)
	}
	customer := post("customers", `{"customer":{"given_name":"Ada","email":"ada@example.com"}}`)
	product := post("products", `{"product":{"name":"Tea","type":"single_payment","price":"20.00","currency":"EUR"}}`)
	order := post("orders/create_single_order", `{"order":{"customer_id":"`+customer+`","currency":"EUR","order_products":[{"product_id":"`+product+`"}]}}`)
	post("orders/"+order+"/send_payment_link", "{}")
	if err := first.Wait(); err == nil || err.Error() != "signal: killed" {
		t.Fatalf("serve ended with %v, want it killed", err)
	}

	env["CLOCK_SKEW"] = "6m" // the dead one's lease is over
	k.kills(nil)
	second := command(t, env, "serve")
	if err := second.Start(); err != nil {
		t.Fatal(err)
	}
	wantSoon(t, "the mail comes again", func() bool { return len(k.box.Mails()) == 2 })
	if err := second.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := second.Wait(); err != nil {
		t.Errorf("serve: %v", err)
	}
	mails := k.box.Mails()
	if a, b := mails[0].Header.Get("Message-Id"), mails[1].Header.Get("Message-Id"); a != b || a == "" || len(mails) != 2 {
		t.Errorf("%d mails, of Message-ID %s and %s", len(mails), a, b)
	}
	if out := wantOutput(t, env, `nothing is waiting`, "doctor"); strings.Contains(out, "mails are due") {
		t.Errorf("doctor:\n%s", out)
	}
}

func wantReady(t *testing.T, base string) {
	t.Helper()
	wantSoon(t, "serve is ready", func() bool {
		resp, err := http.Get(base + "/readyz") //nolint:noctx // our own address
		if err != nil {
			return false
		}
		_ = resp.Body.Close()
		return resp.StatusCode == http.StatusOK
	})
}

func wantSoon(t *testing.T, what string, is func() bool) {
	t.Helper()
	deadline := time.NewTimer(30 * time.Second)
	defer deadline.Stop()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !is() {
		select {
		case <-deadline.C:
			t.Fatalf("did not happen in 30 s: %s", what)
		case <-tick.C:
		}
	}
}

// call posts to the API and gives the id of what it made.
func call(t *testing.T, address, key, body string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, bytes.NewReader([]byte(body)))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+key)
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	var answer map[string]struct{ ID string }
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil || resp.StatusCode >= http.StatusBadRequest || len(answer) != 1 {
		t.Fatalf("%s: %s, %v", address, resp.Status, err)
	}
	for _, made := range answer {
		return made.ID
	}
	return ""
}

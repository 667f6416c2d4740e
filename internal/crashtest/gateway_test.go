//go:build linux

package crashtest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/quittance/quittance/internal/gateway/sandbox"
)

// bank is the sandbox gateway as a process of its own. It is never killed.
type bank struct {
	url, file, token string
	moved            atomic.Int64 // how far its clock is ahead
}

func (b *bank) ahead() time.Duration { return time.Duration(b.moved.Load()) }

// startGateway runs the gateway until the test ends.
func startGateway(t *testing.T, binary, dir, address string, seed uint64, entity sandbox.Entity) *bank {
	t.Helper()
	b := &bank{url: "http://" + address, file: filepath.Join(dir, "gateway.db"), token: "admin-of-the-crash-test"}
	list, err := json.Marshal([]sandbox.Entity{entity})
	if err != nil {
		t.Fatal(err)
	}
	entities := filepath.Join(dir, "entities.json")
	if err := os.WriteFile(entities, list, 0o600); err != nil {
		t.Fatal(err)
	}
	log, err := os.Create(filepath.Join(dir, "gateway.log"))
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(binary, "gateway", "--listen", address, "--public-url", b.url, "--data-file", b.file, //nolint:noctx // ends with the test
		"--entities", entities, "--admin-token", b.token, "--seed", fmt.Sprint(seed), "--log-level", "warn")
	cmd.Stderr = log
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		_ = log.Close()
	})
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if err := eventually(ctx, 5*time.Millisecond, func() (bool, error) {
		return b.admin(ctx, http.MethodGet, "/admin/clock", nil, nil) == nil, nil
	}); err != nil {
		t.Fatalf("start gateway: %v", err)
	}
	return b
}

// admin calls an admin endpoint; out may be nil.
func (b *bank) admin(ctx context.Context, method, path string, in, out any) error {
	var body io.Reader
	if in != nil {
		text, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(ctx, method, b.url+path, body)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+b.token)
	resp, err := plainHTTP.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	switch {
	case err != nil:
		return err
	case resp.StatusCode != http.StatusOK:
		return fmt.Errorf("%s %s: %d %s", method, path, resp.StatusCode, text)
	case out != nil:
		return json.Unmarshal(text, out)
	}
	return nil
}

func (b *bank) advance(ctx context.Context, by time.Duration) error {
	if err := b.admin(ctx, http.MethodPost, "/admin/clock", map[string]string{"advance": by.String()}, nil); err != nil {
		return err
	}
	b.moved.Add(int64(by))
	return nil
}

// longestHold is how long a card may wait for its decision: with a checkout's life
// it stays within the 45 minutes for which we ask about one that nobody came back
// from. What is decided later and never notified is beyond what we promise.
const longestHold = 14 * time.Minute

// misbehave switches all faults on. Result codes are some that both sides hold to
// be declines, and only cards are declined: a refused refund is for staff.
func (b *bank) misbehave(ctx context.Context) error {
	var faults []sandbox.Fault
	for _, at := range []sandbox.Route{sandbox.RouteCheckoutCreate, sandbox.RouteCheckoutStatus, sandbox.RouteQuery, sandbox.RouteFramePay,
		sandbox.RouteCharge, sandbox.RouteCapture, sandbox.RouteReversal, sandbox.RouteRefund} {
		faults = append(faults,
			sandbox.Fault{Kind: sandbox.FaultDelay, Route: at, Probability: 0.2, DelayMS: 15},
			sandbox.Fault{Kind: sandbox.FaultErrorBefore, Route: at, Probability: 0.04},
			sandbox.Fault{Kind: sandbox.FaultCutBefore, Route: at, Probability: 0.04},
			sandbox.Fault{Kind: sandbox.FaultErrorAfter, Route: at, Probability: 0.05},
			sandbox.Fault{Kind: sandbox.FaultAnswerLost, Route: at, Probability: 0.07})
	}
	for _, code := range []string{"800.100.155", "800.100.152", "100.396.101"} {
		for _, at := range []sandbox.Route{sandbox.RouteFramePay, sandbox.RouteCharge} {
			faults = append(faults, sandbox.Fault{Kind: sandbox.FaultResult, Route: at, Probability: 0.03, Code: code})
		}
	}
	faults = append(faults,
		sandbox.Fault{Kind: sandbox.FaultResult, Route: sandbox.RouteCharge, Probability: 0.05, Code: "000.200.000"}, // pending
		sandbox.Fault{Kind: sandbox.FaultWrongAmount, Route: sandbox.RouteFramePay, Probability: 0.02},
		sandbox.Fault{Kind: sandbox.FaultHold, Probability: 0.05, DelayMS: (3 * time.Minute).Milliseconds()},
		sandbox.Fault{Kind: sandbox.FaultHold, Probability: 0.07, DelayMS: longestHold.Milliseconds()},
		sandbox.Fault{Kind: sandbox.FaultWebhookTwice, Probability: 0.1},
		sandbox.Fault{Kind: sandbox.FaultWebhookLate, Probability: 0.15},
		sandbox.Fault{Kind: sandbox.FaultWebhookStale, Probability: 0.1},
		sandbox.Fault{Kind: sandbox.FaultWebhookSwap, Probability: 0.1},
		sandbox.Fault{Kind: sandbox.FaultWebhookNever, Probability: 0.15})
	for _, f := range faults {
		if err := b.admin(ctx, http.MethodPost, "/admin/faults", f, nil); err != nil {
			return err
		}
	}
	return nil
}

// behave ends all faults and decides every card that is held.
func (b *bank) behave(ctx context.Context) error {
	if err := b.admin(ctx, http.MethodDelete, "/admin/faults", nil, nil); err != nil {
		return err
	}
	return b.admin(ctx, http.MethodPost, "/admin/held/release", map[string]string{}, nil)
}

// settle decides the payments that are pending: chance is how many of them, and
// approve says which way.
func (b *bank) settle(ctx context.Context, chosen, approve func() bool) error {
	books, err := sandbox.ReadBooks(b.file)
	if err != nil {
		return err
	}
	for _, e := range books {
		if e.State != sandbox.StatePending || !chosen() {
			continue
		}
		code := "800.100.152"
		if approve() {
			code = "000.100.110"
		}
		if err := b.admin(ctx, http.MethodPost, "/admin/payments/"+e.ID+"/settle", map[string]string{"code": code}, nil); err != nil {
			return err
		}
	}
	return nil
}

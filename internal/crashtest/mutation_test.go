//go:build linux

package crashtest

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// mutation changes the program so that it commits what it is about to do after it
// has done it, or says done before it has.
type mutation struct{ file, old, new string }

// mutations are what the crash test must catch. An attempt that is committed after
// its call is lost with the process that made the call, and so is a webhook that
// is delivered in the books before it is sent.
var mutations = map[string]mutation{
	"checkout": {"internal/payment/checkout.go",
		"		if err := tx.InsertAttempt(ctx, c.attempt); err != nil {",
		`		if driver, err := s.drivers.Driver(account); err != nil {
			return err
		} else if _, err := driver.CreateCheckout(ctx, account, gateway.CheckoutRequest{MerchantTransactionID: c.attempt.MerchantTransactionID,
			InvoiceReference: string(orderID), Type: c.attempt.Type, Amount: c.attempt.Amount}); err != nil {
			return err
		}
		if err := tx.InsertAttempt(ctx, c.attempt); err != nil {`},
	"charge": {"internal/payment/charge.go",
		"	if err := c.tx.InsertAttempt(ctx, a); err != nil {",
		`	account, driver, err := c.service.gatewayOf(ctx, a)
	if err != nil {
		return Attempt{}, err
	}
	if _, err := driver.Charge(ctx, account, gateway.ChargeRequest{Type: a.Type, Token: card.Token, MerchantTransactionID: a.MerchantTransactionID,
		InvoiceReference: string(a.OrderID), Amount: a.Amount, Series: seriesOf(c.order), InitialTransactionID: card.InitialTransactionID}); err != nil {
		return Attempt{}, err
	}
	if err := c.tx.InsertAttempt(ctx, a); err != nil {`},
	"webhook": {"internal/webhooks/turn.go",
		"		a, err := s.post(ctx, e, claimed)",
		`		taken := claimed
		taken.Settle(endpoint.Attempt{At: s.Clock.Wall()}, s.Clock.Wall(), 0)
		if err := s.keep(ctx, e, []attempted{{claimed, taken}}, false); err != nil {
			return err
		}
		a, err := s.post(ctx, e, claimed)`},
	"return": {"internal/payment/activate.go",
		"	if err := b.tx.InsertAttempt(ctx, a); err != nil {",
		`	account, driver, err := b.service.gatewayOf(ctx, a)
	if err != nil {
		return err
	}
	if _, err := driver.BackOffice(ctx, account, gateway.BackOfficeRequest{Type: a.Type, ReferencedID: a.ParentGatewayID,
		MerchantTransactionID: a.MerchantTransactionID, Amount: a.Amount}); err != nil {
		return err
	}
	if err := b.tx.InsertAttempt(ctx, a); err != nil {`},
}

// TestCrashMutationIsCaught runs the crash test on programs with a mutation and
// wants it to fail for the books. The short form only sees that the mutations
// still fit the code.
func TestCrashMutationIsCaught(t *testing.T) {
	for name, m := range mutations {
		t.Run(name, func(t *testing.T) {
			overlay := mutate(t, m)
			if !*long {
				return
			}
			binary := filepath.Join(t.TempDir(), "quittance")
			if err := build(binary, "-overlay", overlay); err != nil {
				t.Fatalf("build the mutant: %v", err)
			}
			s := longSize
			s.payments, s.least = 150, 1
			r, err := runOnce(t, binary, "sqlite", 1, s)
			if err == nil || !strings.Contains(err.Error(), disagree) {
				t.Fatalf("the mutation passed: %v\n%s", err, r)
			}
			t.Logf("caught, as it should be:\n%s\n%v", r, err)
		})
	}
}

// mutate writes the changed file and the overlay that builds with it; the tree
// stays as it is.
func mutate(t *testing.T, m mutation) (overlay string) {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("..", "..", m.file))
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Count(string(text), m.old) != 1 {
		t.Fatalf("%s has changed: the mutation does not fit any more", m.file)
	}
	dir := t.TempDir()
	changed, overlay := filepath.Join(dir, "changed.go"), filepath.Join(dir, "overlay.json")
	replace, err := json.Marshal(map[string]map[string]string{"Replace": {path: changed}})
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{changed: strings.Replace(string(text), m.old, m.new, 1), overlay: string(replace)} {
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return overlay
}

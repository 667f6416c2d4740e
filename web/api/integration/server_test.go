package integration_test

import (
	"context"
	"net/http"
	"sync"
	"testing"

	"github.com/quittance/quittance/internal/testkit"
)

// installation is what an operator runs, and what a customer's browser does with
// it. Nothing else of it is the merchant's.
type installation struct{ app *testkit.App }

// install starts one whose jobs and webhooks work by themselves until the test ends.
// Webhooks may go to this machine.
func install(t *testing.T) installation {
	t.Helper()
	app := testkit.Start(t, testkit.Options{Webhooks: []string{"127.0.0.0/8"}})
	app.StartJobs()
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	var sender sync.WaitGroup
	sender.Go(func() { app.Webhooks.Run(ctx) })
	t.Cleanup(func() {
		stop()
		sender.Wait()
	})
	return installation{app}
}

// pay is a customer who gives a card to the widget of a checkout, and whose browser
// is led back. It returns the address on the shop's site where that ends.
func (i installation) pay(t *testing.T, c checkout) string {
	t.Helper()
	if got := i.app.SubmitCard(c.GatewayID, testkit.Card{Number: testkit.CardApproved, Return: c.ResultURL}); got != "approved" {
		t.Fatalf("give a card to checkout %s: %s", c.ID, got)
	}
	browser := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	defer browser.CloseIdleConnections()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, c.ResultURL, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := browser.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close() // leads on, and has nothing to read
	if resp.StatusCode != http.StatusSeeOther {
		t.Fatalf("return from checkout %s: %s", c.ID, resp.Status)
	}
	return resp.Header.Get("Location")
}

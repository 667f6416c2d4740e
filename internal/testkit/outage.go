package testkit

import (
	"time"

	"github.com/quittance/quittance/internal/gateway/sandbox"
)

// Outages are the ways in which the gateway gives our server no answer. What it
// was asked for is done all the same where the answer is lost, and perhaps where it
// hangs.
var Outages = map[string]sandbox.Fault{
	"hangs":           {Kind: sandbox.FaultDelay, DelayMS: time.Hour.Milliseconds()},
	"hangs up":        {Kind: sandbox.FaultCutBefore},
	"answers 503":     {Kind: sandbox.FaultErrorBefore},
	"loses answers":   {Kind: sandbox.FaultAnswerLost},
	"answers 504 too": {Kind: sandbox.FaultErrorAfter},
}

// patience is how long our server waits for a gateway that hangs: a test need not
// wait as long as the driver.
const patience = 20 * time.Millisecond

// BreakGateway leaves every call of our server without an answer, in one of the
// Outages, until MendGateway.
func (a *App) BreakGateway(f sandbox.Fault) {
	a.TB.Helper()
	f.Route, f.Probability = sandbox.RouteAPI, 1
	if err := a.Gateway.AddFault(f); err != nil {
		a.TB.Fatalf("break gateway: %v", err)
	}
	a.gatewayHangs.Store(f.Kind == sandbox.FaultDelay)
}

// MendGateway ends an outage.
func (a *App) MendGateway() {
	a.gatewayHangs.Store(false)
	a.Gateway.ClearFaults()
}

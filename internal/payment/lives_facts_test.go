package payment_test

import (
	"slices"

	"pgregory.net/rapid"

	"github.com/quittance/quittance/internal/gateway/sandbox"
)

// trouble makes something at the gateway go wrong the next times.
func (l *lives) trouble() {
	f := one(l.t, "fault", []sandbox.Fault{
		{Kind: sandbox.FaultAnswerLost, Route: sandbox.RouteCharge}, {Kind: sandbox.FaultCutBefore, Route: sandbox.RouteCharge},
		{Kind: sandbox.FaultErrorAfter, Route: sandbox.RouteAPI}, {Kind: sandbox.FaultErrorBefore, Route: sandbox.RouteAPI},
		{Kind: sandbox.FaultAnswerLost, Route: sandbox.RouteBackOffice}, {Kind: sandbox.FaultCutBefore, Route: sandbox.RouteBackOffice},
		{Kind: sandbox.FaultAnswerLost, Route: sandbox.RouteCheckoutCreate}, {Kind: sandbox.FaultAnswerLost, Route: sandbox.RouteDeregister},
		{Kind: sandbox.FaultWebhookTwice}, {Kind: sandbox.FaultWebhookNever}, {Kind: sandbox.FaultWebhookStale}, {Kind: sandbox.FaultWebhookLate}, {Kind: sandbox.FaultWebhookSwap},
		{Kind: sandbox.FaultResult, Route: sandbox.RouteCharge, Code: "800.100.152"}, {Kind: sandbox.FaultHold},
		{Kind: sandbox.FaultResult, Route: sandbox.RouteRefund, Code: "800.100.152"}, {Kind: sandbox.FaultResult, Route: sandbox.RouteReversal, Code: "800.100.152"},
		{Kind: sandbox.FaultResult, Route: sandbox.RouteCapture, Code: "800.100.152"}, {Kind: sandbox.FaultResult, Route: sandbox.RouteCharge, Code: "000.200.000"},
		{Kind: sandbox.FaultWrongAmount, Route: sandbox.RouteFramePay}, {Kind: sandbox.FaultWrongAmount, Route: sandbox.RouteCharge},
	})
	f.Next = rapid.IntRange(1, 2).Draw(l.t, "times")
	if err := l.Gateway.AddFault(f); err != nil {
		l.t.Fatal(err)
	}
}

// decide lets the bank decide the payments that are pending.
func (l *lives) decide() {
	l.bankSays(rapid.SampledFrom([]string{"000.100.110", "000.100.110", "800.100.152"}).Draw(l.t, "decision"))
	l.minutes(1)
}

// bankSays gives all payments that are pending a result.
func (l *lives) bankSays(code string) {
	for _, e := range l.books() {
		if e.State == sandbox.StatePending {
			if err := l.Gateway.Settle(l.TB.Context(), e.ID, code); err != nil {
				l.t.Fatal(err)
			}
		}
	}
}

// changeMind changes what the bank answers to charges of a stored card.
func (l *lives) changeMind() {
	o := l.pick()
	all := cards(l.App, o)
	if len(all) == 0 {
		return
	}
	card := one(l.t, "card", all)
	answer := rapid.SampledFrom([]string{"", "", "800.100.152 MAC 02", "800.100.152 MAC 03", "800.100.159 MAC 03", "300.100.100", "000.200.000"}).Draw(l.t, "answer")
	if err := l.Gateway.SetAnswer(l.TB.Context(), card.Token, answer); err != nil {
		l.t.Fatal(err)
	}
}

// dispute takes money back by way of the bank, in whole or in part, or loses such a
// dispute. The gateway refuses what there is no money left for.
func (l *lives) dispute() {
	all := slices.DeleteFunc(l.books(), func(e sandbox.Entry) bool {
		return e.State != sandbox.StateApproved || !slices.Contains([]string{"DB", "CP", "CB"}, e.Type)
	})
	if len(all) == 0 {
		return
	}
	e := one(l.t, "disputed", all)
	amount := rapid.SampledFrom([]string{"", "5.00"}).Draw(l.t, "amount")
	switch {
	case e.Type == "CB":
		_, _ = l.Gateway.WinDispute(l.TB.Context(), e.ID, amount)
	case rapid.Bool().Draw(l.t, "rapid"):
		_, _ = l.Gateway.ResolveDispute(l.TB.Context(), e.ID, amount)
	default:
		_, _ = l.Gateway.Chargeback(l.TB.Context(), e.ID, "", amount)
	}
	l.minutes(1)
}

// echo repeats what the gateway told long ago.
func (l *lives) echo() {
	all := l.books()
	if len(all) == 0 {
		return
	}
	if err := l.Gateway.Resend(l.TB.Context(), one(l.t, "told again", all).ID); err != nil {
		l.t.Fatal(err)
	}
	l.minutes(1)
}

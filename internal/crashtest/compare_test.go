//go:build linux

package crashtest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"

	"github.com/quittance/quittance/internal/gateway/sandbox"
)

// findings are what is wrong with the books.
type findings []string

func (d *findings) add(format string, args ...any) { *d = append(*d, fmt.Sprintf(format, args...)) }

// balance holds our books against the gateway's and against themselves. It
// returns what is wrong, how many transactions of each kind, type and state were
// compared, and how many orders have held money. What webhooks told it counts.
func (f *fleet) balance(ctx context.Context, counts map[string]int) (wrong findings, compared map[string]int, held int, err error) {
	theirs, err := sandbox.ReadBooks(f.gateway.file)
	if err != nil {
		return nil, nil, 0, err
	}
	db, closeAll, err := f.openDead()
	if err != nil {
		return nil, nil, 0, err
	}
	defer func() { err = errors.Join(err, closeAll()) }()
	ours, err := readLedger(ctx, db)
	if err != nil {
		return nil, nil, 0, err
	}
	wrong.perTransaction(ours, theirs)
	held = wrong.perOrder(ours, theirs)
	if err := wrong.firstCommitted(ctx, ours, f.gateway.file); err != nil {
		return nil, nil, 0, err
	}
	compared = map[string]int{}
	for _, e := range theirs {
		compared[ours.attempts[e.MerchantTransactionID].kind+" "+e.Type+" "+string(e.State)]++
	}
	if err := f.merchant.told(ctx, db, &wrong, counts); err != nil {
		return nil, nil, 0, err
	}
	return wrong, compared, held, wrong.ownRules(ctx, db)
}

// perTransaction compares per merchantTransactionId: what the gateway did and
// what we have booked must be the same transactions with the same amount,
// currency, type and state, under the same attempt. Money that does not fit its
// attempt is held by us and approved there.
func (d *findings) perTransaction(ours ledger, theirs []sandbox.Entry) {
	booked := map[string]transactionRow{}
	for _, x := range ours.transactions {
		booked[x.gatewayID] = x
	}
	for _, e := range theirs {
		a, known := ours.attempts[e.MerchantTransactionID]
		if !known {
			d.add("%s: the gateway has %s %s %s under an id that no attempt of ours has", e.MerchantTransactionID, e.State, e.Type, e.Amount.Decimal())
			continue
		}
		x, ok := booked[e.ID]
		delete(booked, e.ID)
		want := transactionRow{gatewayID: e.ID, attemptID: a.id, orderID: a.orderID, typ: e.Type, state: string(e.State),
			currency: e.Amount.Currency().Code(), minor: e.Amount.Minor(), surplus: x.surplus}
		if e.State == sandbox.StateApproved && e.Amount.Minor() != a.minor {
			want.state = "held"
		}
		switch {
		case !ok:
			d.add("%s (%s attempt %s, %s): the gateway has %s %s %s, we have nothing", e.MerchantTransactionID, a.kind, a.id, a.state, e.State, e.Type, e.Amount.Decimal())
		case x != want:
			d.add("%s (%s attempt %s, %s): we have booked %+v, the gateway's books say %+v", e.MerchantTransactionID, a.kind, a.id, a.state, x, want)
		}
	}
	for _, x := range booked {
		d.add("we have booked %+v, which the gateway does not have", x)
	}
}

// perOrder wants of each order's money with the gateway exactly what our payments
// say: what was taken less what went back. Held money waits for staff and stands
// apart. It returns how many orders have some.
func (d *findings) perOrder(ours ledger, theirs []sandbox.Entry) (held int) {
	net, apart := map[string]int64{}, map[string]bool{}
	for _, e := range theirs {
		a := ours.attempts[e.MerchantTransactionID]
		switch {
		case e.State != sandbox.StateApproved:
		case e.Amount.Minor() != a.minor:
			apart[a.orderID] = true
		case e.Type == "DB", e.Type == "CP":
			net[a.orderID] += e.Amount.Minor()
		case e.Type == "RF":
			net[a.orderID] -= e.Amount.Minor()
		}
	}
	for id, o := range ours.orders {
		if net[id] != o.kept {
			d.add("order %s (%s, %s) is %s: the gateway has taken %d net, our payments say %d", o.invoiceID, o.typ, id, o.status, net[id], o.kept)
		}
	}
	return len(apart)
}

// firstCommitted wants an attempt of ours behind every checkout that the gateway
// opened, paid or not: it was committed before the gateway heard of it.
func (d *findings) firstCommitted(ctx context.Context, ours ledger, file string) error {
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: file}).EscapedPath()+"?_pragma=query_only(1)&_pragma=busy_timeout(10000)")
	if err != nil {
		return err
	}
	err = each(ctx, db, `SELECT id, merchant_transaction_id FROM checkouts`, func(scan func(...any) error) error {
		var id, merchantID string
		err := scan(&id, &merchantID)
		if _, ok := ours.attempts[merchantID]; !ok {
			d.add("%s: the gateway opened checkout %s for an attempt that we do not have", merchantID, id)
		}
		return err
	})
	return errors.Join(err, db.Close())
}

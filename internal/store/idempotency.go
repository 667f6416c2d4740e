package store

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/quittance/quittance/internal/id"
	"github.com/quittance/quittance/internal/idem"
)

// ClaimCall begins a call. Its claim has the kept answer if there is one, else a
// lease under which the call's transaction may keep its own. It returns
// idem.ErrInWork or idem.ErrReused.
func (d *DB) ClaimCall(ctx context.Context, s idem.Scope, bodyHash []byte, now time.Time) (claim idem.Claim, err error) {
	err = d.inTx(ctx, func(t *tx) error {
		claim = idem.Claim{LeaseID: id.New("lse")}
		res, err := t.ExecContext(ctx, `
INSERT INTO idempotency_keys (profile_id, api_key_id, method, route, key, body_hash, lease_id, lease_until, recovery, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, '', $9)
    ON CONFLICT (profile_id, api_key_id, method, route, key) DO NOTHING`,
			string(s.ProfileID), s.APIKeyID, s.Method, s.Route, s.Key, bodyHash, claim.LeaseID, ms(now.Add(idem.Lease)), ms(now))
		if err != nil {
			return fmt.Errorf("claim idempotency key: %w", err)
		}
		if n, err := res.RowsAffected(); err != nil || n == 1 {
			return err
		}
		return t.reclaim(ctx, s, bodyHash, now, &claim)
	})
	return claim, err
}

// reclaim looks at the claim that is there: answered, in work, or left behind.
func (t *tx) reclaim(ctx context.Context, s idem.Scope, bodyHash []byte, now time.Time, claim *idem.Claim) error {
	var hash []byte
	var status sql.NullInt64
	var leaseUntil, created time.Time
	var a idem.Answer
	if err := t.QueryRowContext(ctx, `
SELECT body_hash, lease_until, recovery, status, answer, created_at FROM idempotency_keys
 WHERE profile_id = $1 AND api_key_id = $2 AND method = $3 AND route = $4 AND key = $5`+t.db.dialect.ForUpdate,
		string(s.ProfileID), s.APIKeyID, s.Method, s.Route, s.Key).Scan(&hash, at(&leaseUntil), &claim.Point, &status, &a.Sealed, at(&created)); err != nil {
		return fmt.Errorf("read idempotency key: %w", err)
	}
	old := now.Sub(created) > idem.Kept
	switch {
	case !old && !bytes.Equal(hash, bodyHash):
		return idem.ErrReused
	case !old && status.Valid:
		a.Status = int(status.Int64)
		claim.Kept = &a
		return nil
	case !status.Valid && now.Before(leaseUntil):
		return idem.ErrInWork
	}
	if old {
		claim.Point = ""
	}
	return t.exec(ctx, "take over idempotency key", `
UPDATE idempotency_keys SET body_hash = $6, lease_id = $7, lease_until = $8, recovery = $9, status = NULL, answer = NULL, created_at = $10
 WHERE profile_id = $1 AND api_key_id = $2 AND method = $3 AND route = $4 AND key = $5`,
		string(s.ProfileID), s.APIKeyID, s.Method, s.Route, s.Key, bodyHash, claim.LeaseID, ms(now.Add(idem.Lease)), claim.Point, ms(now))
}

// KeepAnswer writes the answer of the call that this transaction is the work of,
// or how far it got.
func (t *tx) KeepAnswer(ctx context.Context, call *idem.Call, made any) error {
	if call == nil {
		return nil
	}
	const of = ` WHERE profile_id = $1 AND api_key_id = $2 AND method = $3 AND route = $4 AND key = $5 AND lease_id = $6 AND status IS NULL`
	if call.Halfway != nil {
		return lost(t.exec(ctx, "keep point of recovery", `UPDATE idempotency_keys SET recovery = $7`+of,
			string(call.Scope.ProfileID), call.Scope.APIKeyID, call.Scope.Method, call.Scope.Route, call.Scope.Key, call.LeaseID, call.Halfway(made)), idem.ErrOvertook)
	}
	a, err := call.Render(made)
	if err != nil {
		return fmt.Errorf("render answer: %w", err)
	}
	return lost(t.exec(ctx, "keep answer", `UPDATE idempotency_keys SET status = $7, answer = $8`+of,
		string(call.Scope.ProfileID), call.Scope.APIKeyID, call.Scope.Method, call.Scope.Route, call.Scope.Key, call.LeaseID, a.Status, a.Sealed), idem.ErrOvertook)
}

// KeepAnswer writes the answer of a call whose work was committed before.
func (d *DB) KeepAnswer(ctx context.Context, call *idem.Call, made any) error {
	if call == nil {
		return nil
	}
	return d.inTx(ctx, func(t *tx) error { return t.KeepAnswer(ctx, call, made) })
}

// ReleaseCall gives a claim up whose call failed, so that it may come again. One
// that had committed something keeps its point of recovery.
func (d *DB) ReleaseCall(ctx context.Context, s idem.Scope, leaseID string) error {
	const of = ` WHERE profile_id = $1 AND api_key_id = $2 AND method = $3 AND route = $4 AND key = $5 AND lease_id = $6 AND status IS NULL`
	return d.inTx(ctx, func(t *tx) error {
		for _, statement := range []string{
			`DELETE FROM idempotency_keys` + of + ` AND recovery = ''`,
			`UPDATE idempotency_keys SET lease_until = created_at` + of,
		} {
			if _, err := t.ExecContext(ctx, statement, string(s.ProfileID), s.APIKeyID, s.Method, s.Route, s.Key, leaseID); err != nil {
				return fmt.Errorf("release idempotency key: %w", err)
			}
		}
		return nil
	})
}

// ForgetCalls deletes up to limit kept answers from before a time, the oldest
// first, and reports how many.
func (d *DB) ForgetCalls(ctx context.Context, before time.Time, limit int) (int64, error) {
	res, err := d.writer.ExecContext(ctx, `
DELETE FROM idempotency_keys WHERE (profile_id, api_key_id, method, route, key) IN
   (SELECT profile_id, api_key_id, method, route, key FROM idempotency_keys WHERE created_at < $1 ORDER BY created_at LIMIT $2)`, ms(before), limit)
	if err != nil {
		return 0, fmt.Errorf("forget kept answers: %w", err)
	}
	return res.RowsAffected()
}

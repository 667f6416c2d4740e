package testkit

import (
	"context"
	"database/sql"

	"github.com/quittance/quittance/internal/secret"
)

// OwnCards lets the cards of an order's copies be charged: each gets the token of
// the order's own, sealed for it, and the reference of the payment that stored it.
// To us they stay different cards.
func (a *App) OwnCards(o Order) {
	a.TB.Helper()
	if err := a.ownCards(a.TB.Context(), o); err != nil {
		a.TB.Fatalf("cards of copies: %v", err)
	}
}

func (a *App) ownCards(ctx context.Context, o Order) error {
	ring, err := secret.Parse(a.SecretKey)
	if err != nil {
		return err
	}
	methods, err := a.DB.Methods(ctx, o.ProfileID, o.ID)
	if err != nil {
		return err
	}
	pool, _ := a.DB.SQL()
	tx, err := pool.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // after the commit it does nothing
	for _, m := range methods {
		copies, err := copiesOf(ctx, tx, string(o.ProfileID), string(m.ID))
		if err != nil {
			return err
		}
		for _, id := range copies {
			token, err := ring.Seal("payment-method", id, []byte(m.Token))
			if err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, `UPDATE payment_methods SET token = $1, initial_transaction_id = $2 WHERE profile_id = $3 AND id = $4`,
				token, m.InitialTransactionID, string(o.ProfileID), id); err != nil {
				return err
			}
		}
	}
	return tx.Commit()
}

// copiesOf are the payment methods that were copied from one.
func copiesOf(ctx context.Context, tx *sql.Tx, profileID, id string) ([]string, error) {
	stem := id[:len(id)-tailLength]
	rows, err := tx.QueryContext(ctx, `SELECT id FROM payment_methods WHERE profile_id = $1 AND id LIKE $2 AND id <> $3`, profileID, stem+"%", id)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var copies []string
	for rows.Next() {
		var one string
		if err := rows.Scan(&one); err != nil {
			return nil, err
		}
		copies = append(copies, one)
	}
	return copies, rows.Err()
}

package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/internal/user"
)

// Users are all users with their profiles.
func (d *DB) Users(ctx context.Context) ([]user.User, error) {
	return selectUsers(ctx, d.reader, ` ORDER BY u.created_at, u.id, r.profile_id`)
}

// UserForUpdate locks a user.
func (t *tx) UserForUpdate(ctx context.Context, userID user.ID) (user.User, error) {
	if err := t.lock(ctx, `SELECT 1 FROM users WHERE id = $1`, string(userID)); err != nil {
		return user.User{}, fmt.Errorf("lock user: %w", err)
	}
	found, err := selectUsers(ctx, t, ` WHERE u.id = $1 ORDER BY r.profile_id`, string(userID))
	if err != nil {
		return user.User{}, err
	}
	if len(found) == 0 {
		return user.User{}, user.ErrNotFound
	}
	return found[0], nil
}

// lock locks the rows of a query, which may be none.
func (t *tx) lock(ctx context.Context, query string, args ...any) error {
	rows, err := t.QueryContext(ctx, query+t.db.dialect.ForUpdate, args...)
	if err != nil {
		return err
	}
	defer rows.Close() //nolint:errcheck // Err says all there is to say
	for rows.Next() {
	}
	return rows.Err()
}

// selectUsers reads users, of whom each has a profile at least.
func selectUsers(ctx context.Context, q querier, which string, args ...any) ([]user.User, error) {
	rows, err := q.QueryContext(ctx, `
SELECT u.id, u.name, u.email, u.role, u.active, u.payment_link, u.api_access, u.created_at, r.profile_id
  FROM users u JOIN user_profiles r ON r.user_id = u.id`+which, args...)
	each, err := collect(rows, err, func(row scanner) (user.User, error) {
		u := user.User{Details: user.Details{Profiles: make([]profile.ID, 1)}}
		err := row.Scan(&u.ID, &u.Name, &u.Email, &u.Role, &u.Active, &u.PaymentLink, &u.APIAccess, at(&u.CreatedAt), &u.Profiles[0])
		return u, err
	})
	if err != nil {
		return nil, fmt.Errorf("select users: %w", err)
	}
	var users []user.User
	for _, u := range each {
		if n := len(users); n > 0 && users[n-1].ID == u.ID {
			users[n-1].Profiles = append(users[n-1].Profiles, u.Profiles...)
			continue
		}
		users = append(users, u)
	}
	return users, nil
}

// InsertUser adds a user.
func (t *tx) InsertUser(ctx context.Context, u user.User) error {
	err := t.exec(ctx, "insert user", `
INSERT INTO users (id, name, email, email_key, role, active, payment_link, api_access, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    ON CONFLICT (email_key) DO NOTHING`,
		string(u.ID), u.Name, u.Email, key(u.Email), string(u.Role), u.Active, u.PaymentLink, u.APIAccess, ms(u.CreatedAt))
	if err != nil {
		return lost(err, user.ErrEmailTaken)
	}
	return t.insertReach(ctx, u)
}

// SaveUser writes a user's details and profiles.
func (t *tx) SaveUser(ctx context.Context, u user.User) error {
	err := t.exec(ctx, "update user", `
UPDATE users SET name = $2, email = $3, email_key = $4, role = $5, active = $6, payment_link = $7, api_access = $8
 WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM users o WHERE o.email_key = $4 AND o.id <> $1)`,
		string(u.ID), u.Name, u.Email, key(u.Email), string(u.Role), u.Active, u.PaymentLink, u.APIAccess)
	if err != nil {
		return lost(err, user.ErrEmailTaken)
	}
	if _, err := t.ExecContext(ctx, `DELETE FROM user_profiles WHERE user_id = $1`, string(u.ID)); err != nil {
		return fmt.Errorf("delete user's profiles: %w", err)
	}
	return t.insertReach(ctx, u)
}

func (t *tx) insertReach(ctx context.Context, u user.User) error {
	for _, p := range u.Profiles {
		if err := t.exec(ctx, "insert user's profile", `INSERT INTO user_profiles (profile_id, user_id) VALUES ($1, $2)`, string(p), string(u.ID)); err != nil {
			return err
		}
	}
	return nil
}

// madeBy find whether a user made a thing, or its order.
var madeBy = map[user.Thing]string{
	user.Customer: `SELECT 1 FROM customers x WHERE x.profile_id = $1 AND x.id = $2 AND x.created_by = $3`,
	user.Order:    `SELECT 1 FROM orders x WHERE x.profile_id = $1 AND x.id = $2 AND x.created_by = $3`,
	user.ScheduledPayment: `SELECT 1 FROM scheduled_payments x JOIN orders o ON o.profile_id = x.profile_id AND o.id = x.order_id
 WHERE x.profile_id = $1 AND x.id = $2 AND o.created_by = $3`,
	user.Document: `SELECT 1 FROM documents x JOIN orders o ON o.profile_id = x.profile_id AND o.id = x.order_id
 WHERE x.profile_id = $1 AND x.id = $2 AND o.created_by = $3`,
	user.Transaction: `SELECT 1 FROM transactions x JOIN orders o ON o.profile_id = x.profile_id AND o.id = x.order_id
 WHERE x.profile_id = $1 AND x.id = $2 AND o.created_by = $3`,
}

// Made reports whether a user made a thing of a profile, or its order.
func (d *DB) Made(ctx context.Context, profileID profile.ID, userID user.ID, of user.Thing, key string) (bool, error) {
	var one int
	switch err := d.reader.QueryRowContext(ctx, madeBy[of], string(profileID), key, string(userID)).Scan(&one); {
	case errors.Is(err, sql.ErrNoRows):
		return false, nil
	case err != nil:
		return false, fmt.Errorf("find who made %s %s: %w", of, key, err)
	}
	return true, nil
}

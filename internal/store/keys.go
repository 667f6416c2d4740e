package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/internal/user"
)

// CallerBySecret finds who calls with a secret, in one statement with all that is
// in reach.
func (d *DB) CallerBySecret(ctx context.Context, secretHash []byte, at time.Time) (user.Caller, error) {
	rows, err := d.reader.QueryContext(ctx, `
SELECT k.id, COALESCE(k.user_id, ''), COALESCE(u.role, 'admin_user'), COALESCE(u.payment_link, TRUE), COALESCE(up.profile_id, kp.profile_id),
       (SELECT p.number FROM profiles p WHERE p.id = COALESCE(up.profile_id, kp.profile_id))
  FROM api_key_secrets s
  JOIN api_keys k ON k.id = s.key_id
  LEFT JOIN users u ON u.id = k.user_id
  LEFT JOIN api_key_profiles kp ON kp.key_id = k.id
  LEFT JOIN user_profiles up ON up.user_id = k.user_id
 WHERE s.secret_hash = $1 AND (s.ends_at IS NULL OR s.ends_at > $2) AND k.revoked_at IS NULL
   AND (k.user_id IS NULL OR (u.active = TRUE AND u.api_access = TRUE))
   AND (up.profile_id IS NOT NULL OR kp.profile_id IS NOT NULL)`, secretHash, ms(at))
	callers, err := collect(rows, err, func(row scanner) (user.Caller, error) {
		c := user.Caller{Reach: make([]user.Reach, 1)}
		err := row.Scan(&c.ID, &c.UserID, &c.Role, &c.PaymentLink, &c.Reach[0].ProfileID, &c.Reach[0].Number)
		return c, err
	})
	if err != nil {
		return user.Caller{}, fmt.Errorf("find API key: %w", err)
	}
	if len(callers) == 0 {
		return user.Caller{}, user.ErrKeyInvalid
	}
	for _, c := range callers[1:] {
		callers[0].Reach = append(callers[0].Reach, c.Reach...)
	}
	slices.SortFunc(callers[0].Reach, func(a, b user.Reach) int { return cmp.Compare(a.Number, b.Number) })
	return callers[0], nil
}

// Keys are all API keys.
func (d *DB) Keys(ctx context.Context) ([]user.Key, error) { return selectKeys(ctx, d.reader, "") }

// KeyForUpdate locks a key in use.
func (t *tx) KeyForUpdate(ctx context.Context, keyID string) (user.Key, error) {
	if err := t.lock(ctx, `SELECT 1 FROM api_keys WHERE id = $1`, keyID); err != nil {
		return user.Key{}, fmt.Errorf("lock API key: %w", err)
	}
	found, err := selectKeys(ctx, t, ` WHERE k.id = $1 AND k.revoked_at IS NULL`, keyID)
	if err != nil {
		return user.Key{}, err
	}
	if len(found) == 0 {
		return user.Key{}, user.ErrKeyNotFound
	}
	return found[0], nil
}

// selectKeys reads keys with what they reach and the secrets that open them.
func selectKeys(ctx context.Context, q querier, which string, args ...any) ([]user.Key, error) {
	rows, err := q.QueryContext(ctx, `
SELECT k.id, k.name, COALESCE(k.user_id, ''), k.created_at, k.revoked_at FROM api_keys k`+which+` ORDER BY k.created_at, k.id`, args...)
	keys, err := collect(rows, err, func(row scanner) (user.Key, error) {
		var k user.Key
		err := row.Scan(&k.ID, &k.Name, &k.UserID, at(&k.CreatedAt), at(&k.RevokedAt))
		return k, err
	})
	for i := range keys {
		if err == nil {
			err = fillKey(ctx, q, &keys[i])
		}
	}
	if err != nil {
		return nil, fmt.Errorf("select API keys: %w", err)
	}
	return keys, nil
}

func fillKey(ctx context.Context, q querier, k *user.Key) error {
	rows, err := q.QueryContext(ctx, `
SELECT kp.profile_id FROM api_key_profiles kp WHERE kp.key_id = $1
 UNION SELECT up.profile_id FROM user_profiles up WHERE up.user_id = $2 ORDER BY 1`, k.ID, string(k.UserID))
	profiles, perr := collect(rows, err, func(row scanner) (profile.ID, error) {
		var p profile.ID
		err := row.Scan(&p)
		return p, err
	})
	rows, err = q.QueryContext(ctx, `
SELECT s.hint, s.created_at, s.ends_at FROM api_key_secrets s WHERE s.key_id = $1 ORDER BY s.created_at DESC, s.secret_hash`, k.ID)
	secrets, serr := collect(rows, err, func(row scanner) (user.Secret, error) {
		var s user.Secret
		err := row.Scan(&s.Hint, at(&s.CreatedAt), at(&s.EndsAt))
		return s, err
	})
	k.Profiles, k.Secrets = profiles, secrets
	return errors.Join(perr, serr)
}

// InsertKey adds an API key and what it reaches by itself.
func (t *tx) InsertKey(ctx context.Context, k user.Key) error {
	if err := t.exec(ctx, "insert API key", `INSERT INTO api_keys (id, user_id, name, created_at) VALUES ($1, $2, $3, $4)`,
		k.ID, null(k.UserID), k.Name, ms(k.CreatedAt)); err != nil {
		return err
	}
	if k.UserID != "" {
		return nil
	}
	return t.insertKeyProfiles(ctx, k)
}

// SetKeyProfiles replaces what an API key reaches.
func (t *tx) SetKeyProfiles(ctx context.Context, k user.Key) error {
	if _, err := t.ExecContext(ctx, `DELETE FROM api_key_profiles WHERE key_id = $1`, k.ID); err != nil {
		return fmt.Errorf("delete API key's profiles: %w", err)
	}
	return t.insertKeyProfiles(ctx, k)
}

func (t *tx) insertKeyProfiles(ctx context.Context, k user.Key) error {
	for _, p := range k.Profiles {
		if err := t.exec(ctx, "insert API key's profile", `INSERT INTO api_key_profiles (profile_id, key_id) VALUES ($1, $2)`, string(p), k.ID); err != nil {
			return err
		}
	}
	return nil
}

// InsertSecret adds a secret of an API key.
func (t *tx) InsertSecret(ctx context.Context, keyID string, s user.Secret, hash []byte) error {
	return t.exec(ctx, "insert API key's secret", `INSERT INTO api_key_secrets (secret_hash, key_id, hint, created_at, ends_at) VALUES ($1, $2, $3, $4, $5)`,
		hash, keyID, s.Hint, ms(s.CreatedAt), ms(s.EndsAt))
}

// EndSecrets bounds the life of a key's secrets.
func (t *tx) EndSecrets(ctx context.Context, keyID string, at time.Time) error {
	_, err := t.ExecContext(ctx, `UPDATE api_key_secrets SET ends_at = $2 WHERE key_id = $1 AND (ends_at IS NULL OR ends_at > $2)`, keyID, ms(at))
	if err != nil {
		return fmt.Errorf("end API key's secrets: %w", err)
	}
	return nil
}

// RevokeKey ends an API key.
func (t *tx) RevokeKey(ctx context.Context, keyID string, at time.Time) error {
	return t.exec(ctx, "revoke API key", `UPDATE api_keys SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL`, keyID, ms(at))
}

package user

import (
	"context"
	"fmt"
	"time"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/id"
	"github.com/quittance/quittance/internal/profile"
)

// Grace is how long the secret before works beside a rotated key's new one,
// unless somebody says otherwise.
const Grace = 24 * time.Hour

// Keys lists all API keys, for the operator.
func (s *Service) Keys(ctx context.Context) ([]Key, error) { return s.repo.Keys(ctx) }

// CreateKey makes a key of profiles and returns its secret, which cannot be shown
// again. It returns ErrKeyNoProfile.
func (s *Service) CreateKey(ctx context.Context, by actor.Actor, name string, profiles ...profile.ID) (Key, string, error) {
	k := Key{Name: name, Profiles: once(profiles)}
	if len(k.Profiles) == 0 {
		return Key{}, "", ErrKeyNoProfile
	}
	return s.createKey(ctx, by, k, func(context.Context, Tx, *Key) error { return nil })
}

// CreateUserKey makes a key of a user. It returns ErrNotFound or ErrNoAPIAccess.
func (s *Service) CreateUserKey(ctx context.Context, by actor.Actor, name string, userID ID) (Key, string, error) {
	return s.createKey(ctx, by, Key{Name: name, UserID: userID}, func(ctx context.Context, tx Tx, k *Key) error {
		u, err := tx.UserForUpdate(ctx, userID)
		if err != nil {
			return err
		}
		if !u.Active || !u.APIAccess {
			return ErrNoAPIAccess
		}
		k.Profiles = u.Profiles
		return nil
	})
}

func (s *Service) createKey(ctx context.Context, by actor.Actor, k Key, prepare func(context.Context, Tx, *Key) error) (Key, string, error) {
	k.ID, k.CreatedAt = id.New("key"), s.clock.Wall()
	text, secret := newSecret(k.CreatedAt)
	k.Secrets = []Secret{secret}
	err := s.repo.InUserTx(ctx, func(tx Tx) error {
		if err := prepare(ctx, tx, &k); err != nil {
			return err
		}
		if err := tx.InsertKey(ctx, k); err != nil {
			return err
		}
		if err := tx.InsertSecret(ctx, k.ID, secret, hashSecret(text)); err != nil {
			return err
		}
		return audit(ctx, tx, by, "key.created", k.ID, k.Profiles)
	})
	if err != nil {
		return Key{}, "", fmt.Errorf("create key: %w", err)
	}
	return k, text, nil
}

// ScopeKey changes which profiles a key of profiles reaches, at once. It returns
// ErrKeyNoProfile, ErrKeyNotFound or ErrKeyOfUser.
func (s *Service) ScopeKey(ctx context.Context, by actor.Actor, keyID string, profiles ...profile.ID) (Key, error) {
	if len(profiles) == 0 {
		return Key{}, ErrKeyNoProfile
	}
	return s.withKey(ctx, keyID, "scope", func(tx Tx, k *Key) error {
		if k.UserID != "" {
			return ErrKeyOfUser
		}
		was := k.Profiles
		k.Profiles = once(profiles)
		if err := tx.SetKeyProfiles(ctx, *k); err != nil {
			return err
		}
		return audit(ctx, tx, by, "key.scoped", keyID, was, k.Profiles)
	})
}

// RotateKey gives a key a new secret and returns it; it cannot be shown again.
// The secrets before go on to work for a grace period of wall time, with none of
// it they end at once. It returns ErrKeyNotFound.
func (s *Service) RotateKey(ctx context.Context, by actor.Actor, keyID string, grace time.Duration) (Key, string, error) {
	now := s.clock.Wall()
	text, secret := newSecret(now)
	k, err := s.withKey(ctx, keyID, "rotate", func(tx Tx, k *Key) error {
		if err := tx.EndSecrets(ctx, keyID, now.Add(grace)); err != nil {
			return err
		}
		if err := tx.InsertSecret(ctx, keyID, secret, hashSecret(text)); err != nil {
			return err
		}
		return audit(ctx, tx, by, "key.rotated", keyID, k.Profiles)
	})
	return k, text, err
}

// RevokeKey ends a key at once; ErrKeyNotFound when there is none in use.
func (s *Service) RevokeKey(ctx context.Context, by actor.Actor, keyID string) error {
	_, err := s.withKey(ctx, keyID, "revoke", func(tx Tx, k *Key) error {
		if err := tx.RevokeKey(ctx, keyID, s.clock.Wall()); err != nil {
			return err
		}
		return audit(ctx, tx, by, "key.revoked", keyID, k.Profiles)
	})
	return err
}

// withKey does something with a key that is in use, its row locked.
func (s *Service) withKey(ctx context.Context, keyID, doing string, do func(Tx, *Key) error) (Key, error) {
	var k Key
	err := s.repo.InUserTx(ctx, func(tx Tx) error {
		var err error
		if k, err = tx.KeyForUpdate(ctx, keyID); err != nil {
			return err
		}
		return do(tx, &k)
	})
	if err != nil {
		return Key{}, fmt.Errorf("%s key %s: %w", doing, keyID, err)
	}
	return k, nil
}

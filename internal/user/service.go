package user

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/clock"
	"github.com/quittance/quittance/internal/id"
	"github.com/quittance/quittance/internal/profile"
)

// Repo is what this package needs from storage; internal/store provides it.
type Repo interface {
	// Users are all users, in the order in which they were made.
	Users(ctx context.Context) ([]User, error)
	// Keys are all API keys, in the order in which they were made.
	Keys(ctx context.Context) ([]Key, error)
	// CallerBySecret finds who calls with a secret at a moment: the secret opens a
	// key that is not revoked and whose user, if it has one, is active and has API
	// access. ErrKeyInvalid.
	CallerBySecret(ctx context.Context, secretHash []byte, at time.Time) (Caller, error)
	// Made reports whether a user made a thing of a profile, or its order.
	Made(ctx context.Context, profileID profile.ID, userID ID, of Thing, key string) (bool, error)
	InUserTx(ctx context.Context, fn func(Tx) error) error
}

// Tx is one unit of work on users and keys.
type Tx interface {
	// UserForUpdate locks a user; ErrNotFound.
	UserForUpdate(ctx context.Context, userID ID) (User, error)
	// InsertUser adds a user; ErrEmailTaken.
	InsertUser(ctx context.Context, u User) error
	// SaveUser writes a user's details and profiles; ErrEmailTaken.
	SaveUser(ctx context.Context, u User) error
	// KeyForUpdate locks a key that is not revoked; ErrKeyNotFound.
	KeyForUpdate(ctx context.Context, keyID string) (Key, error)
	// InsertKey adds a key, without a secret.
	InsertKey(ctx context.Context, k Key) error
	// SetKeyProfiles replaces what a key of profiles reaches.
	SetKeyProfiles(ctx context.Context, k Key) error
	// InsertSecret adds a secret that opens a key.
	InsertSecret(ctx context.Context, keyID string, s Secret, hash []byte) error
	// EndSecrets lets a key's secrets open it until a moment, or less long where
	// they end before.
	EndSecrets(ctx context.Context, keyID string, at time.Time) error
	RevokeKey(ctx context.Context, keyID string, at time.Time) error
	Audit(ctx context.Context, profileID profile.ID, by actor.Actor, action, subject string) error
}

// Service keeps users and API keys.
type Service struct {
	repo  Repo
	clock clock.Clock
}

// NewService returns a Service.
func NewService(repo Repo, c clock.Clock) *Service { return &Service{repo, c} }

// Users lists all users, for the operator.
func (s *Service) Users(ctx context.Context) ([]User, error) { return s.repo.Users(ctx) }

// Find finds a user by key or e-mail address, in any case; ErrNotFound.
func (s *Service) Find(ctx context.Context, wanted string) (User, error) {
	users, err := s.repo.Users(ctx)
	if err != nil {
		return User{}, err
	}
	for _, u := range users {
		if string(u.ID) == wanted || strings.EqualFold(u.Email, wanted) {
			return u, nil
		}
	}
	return User{}, ErrNotFound
}

// Create adds an active user. It returns ErrInvalid with every wrong field or
// ErrEmailTaken.
func (s *Service) Create(ctx context.Context, by actor.Actor, d Details) (User, error) {
	u := User{ID: ID(id.New("usr")), Details: d, CreatedAt: s.clock.Wall()}
	u.Active = true
	if err := u.tidy(); err != nil {
		return User{}, err
	}
	err := s.repo.InUserTx(ctx, func(tx Tx) error {
		if err := tx.InsertUser(ctx, u); err != nil {
			return err
		}
		return audit(ctx, tx, by, "user.created", string(u.ID), u.Profiles)
	})
	if err != nil {
		return User{}, fmt.Errorf("create user: %w", err)
	}
	return u, nil
}

// Change lets change alter a user's details and keeps them; the user's keys
// follow at once. It returns ErrNotFound, ErrInvalid with every wrong field or
// ErrEmailTaken.
func (s *Service) Change(ctx context.Context, by actor.Actor, userID ID, change func(*Details)) (User, error) {
	var u User
	err := s.repo.InUserTx(ctx, func(tx Tx) error {
		var err error
		if u, err = tx.UserForUpdate(ctx, userID); err != nil {
			return err
		}
		was := u
		was.Profiles = slices.Clone(u.Profiles)
		change(&u.Details)
		if err := u.tidy(); err != nil {
			return err
		}
		if err := tx.SaveUser(ctx, u); err != nil {
			return err
		}
		action := "user.changed"
		switch {
		case was.Active && !u.Active:
			action = "user.deactivated"
		case !was.Active && u.Active:
			action = "user.activated"
		}
		return audit(ctx, tx, by, action, string(userID), was.Profiles, u.Profiles)
	})
	if err != nil {
		return User{}, fmt.Errorf("change user %s: %w", userID, err)
	}
	return u, nil
}

// tidy names each profile once and returns ErrInvalid.
func (u *User) tidy() error {
	u.Profiles = once(u.Profiles)
	return u.Validate()
}

// once are profiles in order, each once.
func once(profiles []profile.ID) []profile.ID {
	return slices.Compact(slices.Sorted(slices.Values(profiles)))
}

// audit writes what was done into the trail of every profile that it concerns.
func audit(ctx context.Context, tx Tx, by actor.Actor, action, subject string, profiles ...[]profile.ID) error {
	for _, p := range once(slices.Concat(profiles...)) {
		if err := tx.Audit(ctx, p, by, action, subject); err != nil {
			return err
		}
	}
	return nil
}

package profile

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/clock"
	"github.com/quittance/quittance/internal/gateway"
	"github.com/quittance/quittance/internal/id"
)

// Repo is what this package needs from storage; internal/store provides it.
type Repo interface {
	Profile(ctx context.Context, profileID ID) (Profile, error)
	Profiles(ctx context.Context) ([]Profile, error)
	ProfileByNumber(ctx context.Context, number int64) (Profile, error)
	// Account is a profile's gateway account in use, its secrets opened.
	Account(ctx context.Context, profileID ID) (gateway.Account, error)
	// AccountByID finds one of any profile; notifications name only the account.
	AccountByID(ctx context.Context, accountID string) (gateway.Account, error)
	// Logo is the picture with a hash, of whichever profile: logos are public.
	// ErrLogoNotFound.
	Logo(ctx context.Context, hash string) (LogoFile, error)
	InProfileTx(ctx context.Context, fn func(Tx) error) error
}

// Tx is one unit of work on profiles.
type Tx interface {
	ProfileForUpdate(ctx context.Context, profileID ID) (Profile, error)
	NextProfileNumber(ctx context.Context) (int64, error)
	InsertProfile(ctx context.Context, p Profile) error
	SaveProfile(ctx context.Context, p Profile) error
	SaveAccount(ctx context.Context, a gateway.Account) error
	// KeepLogo stores a picture unless the profile has it already.
	KeepLogo(ctx context.Context, profileID ID, f LogoFile, at time.Time) error
	Audit(ctx context.Context, profileID ID, by actor.Actor, action, subject string) error
}

// Service keeps profiles.
type Service struct {
	repo  Repo
	clock clock.Clock
}

// NewService returns a Service.
func NewService(repo Repo, c clock.Clock) *Service { return &Service{repo, c} }

// Profile finds one; ErrNotFound.
func (s *Service) Profile(ctx context.Context, profileID ID) (Profile, error) {
	return s.repo.Profile(ctx, profileID)
}

// Find finds one by key or by its small number, for the operator; ErrNotFound.
func (s *Service) Find(ctx context.Context, wanted string) (Profile, error) {
	if number, err := strconv.ParseInt(wanted, 10, 64); err == nil {
		return s.repo.ProfileByNumber(ctx, number)
	}
	return s.repo.Profile(ctx, ID(wanted))
}

// Profiles lists all of them by number, for the operator.
func (s *Service) Profiles(ctx context.Context) ([]Profile, error) { return s.repo.Profiles(ctx) }

// Each does something for every profile, at its billing time now: what sweeps are
// made of. It goes on after an error and returns all of them joined.
func (s *Service) Each(ctx context.Context, do func(p Profile, now time.Time) error) error {
	profiles, err := s.repo.Profiles(ctx)
	if err != nil {
		return fmt.Errorf("find profiles: %w", err)
	}
	var errs []error
	for _, p := range profiles {
		now, err := s.clock.Now(ctx, p.ID)
		if err == nil {
			err = do(p, now)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("profile %s: %w", p.ID, err))
		}
	}
	return errors.Join(errs...)
}

// Account is the gateway account that a profile's payments use; ErrNoAccount
// when it has none.
func (s *Service) Account(ctx context.Context, profileID ID) (gateway.Account, error) {
	return s.repo.Account(ctx, profileID)
}

// AccountByID finds an account of any profile; ErrAccountUnknown.
func (s *Service) AccountByID(ctx context.Context, accountID string) (gateway.Account, error) {
	return s.repo.AccountByID(ctx, accountID)
}

// Apply creates or changes a profile and its gateway account in one transaction.
// A profile without an ID is created; an account without an ID is added beside
// older ones and from then on is the one in use. The profile's and the
// account's keys are returned in them. Its logo stays as it is; see SetLogo.
func (s *Service) Apply(ctx context.Context, by actor.Actor, p Profile, a *gateway.Account) (Profile, error) {
	if err := p.validate(); err != nil {
		return Profile{}, err
	}
	now := s.clock.Wall()
	made := p.ID == ""
	p.Details.Logo = Logo{}
	if made {
		p.ID = id.NewProfile()
	}
	if a != nil && a.ID == "" {
		a.ID = id.New("gwa")
	}
	err := s.repo.InProfileTx(ctx, func(tx Tx) error {
		if made {
			number, err := tx.NextProfileNumber(ctx)
			if err != nil {
				return err
			}
			p.Number, p.CreatedAt, p.Version = number, now, 1
			if err := tx.InsertProfile(ctx, p); err != nil {
				return err
			}
		} else {
			old, err := tx.ProfileForUpdate(ctx, p.ID)
			if err != nil {
				return err
			}
			if old.Mode != p.Mode {
				return ErrModeFixed
			}
			p.Number, p.CreatedAt, p.Version, p.Details.Logo = old.Number, old.CreatedAt, old.Version, old.Details.Logo
			if err := tx.SaveProfile(ctx, p); err != nil {
				return err
			}
		}
		if a != nil {
			a.ProfileID = p.ID
			if err := tx.SaveAccount(ctx, *a); err != nil {
				return err
			}
		}
		return tx.Audit(ctx, p.ID, by, "profile.applied", string(p.ID))
	})
	if err != nil {
		return Profile{}, fmt.Errorf("apply profile %s: %w", p.ID, err)
	}
	return p, nil
}

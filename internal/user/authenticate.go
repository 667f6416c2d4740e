package user

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/quittance/quittance/internal/profile"
)

// Authenticate turns a bearer secret and the profile_id parameter into a caller
// and the profile that the call speaks for. wanted may be a profile's key or
// number, or empty when the caller reaches one profile. It returns ErrKeyInvalid,
// ErrProfileNeeded, which tells the numbers to choose from, or profile.ErrNotFound
// for a profile out of reach.
func (s *Service) Authenticate(ctx context.Context, secret, wanted string) (Caller, profile.ID, error) {
	if secret == "" {
		return Caller{}, "", ErrKeyInvalid
	}
	c, err := s.repo.CallerBySecret(ctx, hashSecret(secret), s.clock.Wall())
	if err != nil {
		return Caller{}, "", err
	}
	if wanted == "" {
		if len(c.Reach) > 1 {
			return Caller{}, "", c.choose()
		}
		return c, c.Reach[0].ProfileID, nil
	}
	for _, r := range c.Reach {
		if wanted == string(r.ProfileID) || wanted == strconv.FormatInt(r.Number, 10) {
			return c, r.ProfileID, nil
		}
	}
	return Caller{}, "", profile.ErrNotFound
}

// maxTold is how many profiles a refusal names.
const maxTold = 20

// choose is ErrProfileNeeded with what may be told.
func (c Caller) choose() error {
	var told []string
	for _, r := range c.Reach[:min(len(c.Reach), maxTold)] {
		told = append(told, fmt.Sprintf("%d (%s)", r.Number, r.ProfileID))
	}
	if len(c.Reach) > maxTold {
		told = append(told, "and others")
	}
	needed := *ErrProfileNeeded
	needed.Public += " It is one of " + strings.Join(told, ", ") + "."
	return &needed
}

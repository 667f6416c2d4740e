package user

import (
	"context"

	"github.com/quittance/quittance/internal/profile"
)

// Thing is a sort of row that a user makes, or that hangs on an order that a user
// makes.
type Thing string

// The sorts there are.
const (
	Customer         Thing = "customer"
	Order            Thing = "order"
	ScheduledPayment Thing = "scheduled_payment"
	Document         Thing = "document"
	Transaction      Thing = "transaction"
)

// Made reports whether a user made a thing of a profile, or the order that it
// hangs on.
func (s *Service) Made(ctx context.Context, profileID profile.ID, userID ID, of Thing, key string) (bool, error) {
	return s.repo.Made(ctx, profileID, userID, of, key)
}

package sandbox

import (
	"context"
	"errors"
	"fmt"
)

type checkoutStanding int

const (
	checkoutGone checkoutStanding = iota // unknown, or past its life
	checkoutOpen
	checkoutBusy       // a payment is pending or held
	checkoutChallenged // the issuer asks its cardholder
	checkoutPaid
)

// checkoutState is what can still be done with a checkout. It gives no error for
// an unknown one.
func (s *Sandbox) checkoutState(ctx context.Context, q querier, id string) (checkout, checkoutStanding, error) {
	o, err := findCheckout(ctx, q, id)
	if errors.Is(err, errNothing) {
		return checkout{}, checkoutGone, nil
	}
	if err != nil {
		return checkout{}, checkoutGone, err
	}
	var approved, waiting, challenged int
	err = q.QueryRowContext(ctx, `
SELECT (SELECT count(*) FROM payments WHERE checkout_id = $1 AND state = 'approved'),
       (SELECT count(*) FROM payments WHERE checkout_id = $1 AND state = 'pending')
     + (SELECT count(*) FROM held WHERE checkout_id = $1),
       (SELECT count(*) FROM challenges WHERE checkout_id = $1 AND ending = '')`, id).Scan(&approved, &waiting, &challenged)
	switch {
	case err != nil:
		return checkout{}, checkoutGone, fmt.Errorf("read checkout's payments: %w", err)
	case approved > 0:
		return o, checkoutPaid, nil
	case waiting > 0:
		return o, checkoutBusy, nil
	case challenged > 0:
		return o, checkoutChallenged, nil
	case s.clock.now().Sub(o.CreatedAt) >= checkoutLife:
		return o, checkoutGone, nil
	}
	return o, checkoutOpen, nil
}

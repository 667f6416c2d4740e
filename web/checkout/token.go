package checkout

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/internal/secret"
)

const purposeReturn = secret.Purpose("checkout-return")

// returnLife is how long a browser may come back after it was shown the card
// fields. It outlives the checkout: banks take their time.
const returnLife = 2 * time.Hour

// signReturn makes the token of a checkout's return address. It lets whoever
// holds it ask what became of that one checkout, and no more.
func signReturn(ring *secret.Ring, a payment.Attempt, now time.Time) (string, error) {
	until := now.Add(returnLife).Unix()
	mac, err := ring.Sign(purposeReturn, returnClaim(a.ProfileID, a.ID, until))
	if err != nil {
		return "", fmt.Errorf("sign return address: %w", err)
	}
	return fmt.Sprintf("%s.%d.%s", a.ProfileID, until, mac), nil
}

// openReturn is the profile of the checkout that a token was made for; ok is
// false for a token of another checkout, a changed one, and one whose time is up.
func openReturn(ring *secret.Ring, id payment.AttemptID, token string, now time.Time) (profileID profile.ID, ok bool) {
	parts := strings.SplitN(token, ".", 3)
	if len(parts) != 3 {
		return "", false
	}
	profileID = profile.ID(parts[0])
	until, err := strconv.ParseInt(parts[1], 10, 64)
	if err != nil || !ring.Verify(purposeReturn, returnClaim(profileID, id, until), parts[2]) || now.Unix() > until {
		return "", false
	}
	return profileID, true
}

func returnClaim(profileID profile.ID, id payment.AttemptID, until int64) string {
	return fmt.Sprintf("%s/%s/%d", profileID, id, until)
}

package user

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"time"

	"github.com/quittance/quittance/internal/fault"
	"github.com/quittance/quittance/internal/profile"
)

// Faults of API keys.
var (
	ErrKeyInvalid    = fault.New(fault.Unauthorized, "api_key_invalid", "The API key is missing, wrong or revoked, or its user has no API access. Send it as: Authorization: Bearer KEY.")
	ErrKeyNotFound   = fault.New(fault.NotFound, "api_key_not_found", "We could not find that API key.")
	ErrProfileNeeded = fault.New(fault.Malformed, "profile_id_required", "Your API key reaches several profiles. Say which one with the profile_id query parameter.")
	ErrNoAPIAccess   = fault.New(fault.Conflict, "user_without_api_access", "This user is not active or has no API access, so a key would open nothing.")
	ErrKeyOfUser     = fault.New(fault.Conflict, "api_key_of_user", "This key reaches the profiles of its user. Change those of the user.")
	ErrKeyNoProfile  = fault.New(fault.Invalid, "api_key_without_profile", "A key needs at least one profile.")
)

// Key is a bearer secret of the API. It belongs to profiles, and may do what an
// admin may, or to a user, whose role, switches and profiles then hold for it. The
// secret itself is shown once and kept only as a hash.
type Key struct {
	ID        string
	Name      string
	UserID    ID           // empty: it belongs to profiles
	Profiles  []profile.ID // in its reach; of a user's key the user's
	CreatedAt time.Time
	RevokedAt time.Time // zero: in use
	Secrets   []Secret  // that open it, the newest first
}

// Secret is what is known of a key's secret.
type Secret struct {
	Hint      string // its last four characters
	CreatedAt time.Time
	EndsAt    time.Time // zero: with the key
}

// Caller is who calls with a key.
type Caller struct {
	ID          string // the key's
	UserID      ID     // empty: the key belongs to profiles
	Role        Role
	PaymentLink bool // may send payment links
	Reach       []Reach
}

// Reach is a profile that a caller may speak for.
type Reach struct {
	ProfileID profile.ID
	Number    int64
}

// newSecret makes a secret of 192 random bits.
func newSecret(at time.Time) (text string, s Secret) {
	raw := make([]byte, 24)
	_, _ = rand.Read(raw) // never fails, see crypto/rand
	text = "qk_" + base64.RawURLEncoding.EncodeToString(raw)
	return text, Secret{Hint: text[len(text)-4:], CreatedAt: at}
}

func hashSecret(s string) []byte {
	sum := sha256.Sum256([]byte(s))
	return sum[:]
}

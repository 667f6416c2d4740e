// Package user owns staff: who they are, what their roles allow, which profiles
// they reach, and the API keys by which programs call in a user's or a profile's
// name. Passwords and sessions are the console's.
package user

import (
	"net/mail"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/quittance/quittance/internal/fault"
	"github.com/quittance/quittance/internal/profile"
)

// ID is a user's key.
type ID string

// Role is what a user's work is.
type Role string

// The four roles.
const (
	Admin      Role = "admin_user"
	Accountant Role = "accountant_user"
	Normal     Role = "normal_user"
	Restricted Role = "restricted_user" // of customers and orders, only those of their own making
)

// Roles are all of them, from the most rights to the fewest.
var Roles = []Role{Admin, Accountant, Normal, Restricted}

// Faults of users.
var (
	ErrNotFound   = fault.New(fault.NotFound, "user_not_found", "We could not find that user.")
	ErrInvalid    = fault.New(fault.Invalid, "user_invalid", "Some details of the user are missing or wrong.")
	ErrEmailTaken = fault.New(fault.Conflict, "user_email_taken", "There is a user with this e-mail address already.")
)

// Details are what is told of a user.
type Details struct {
	Name        string
	Email       string // of no other user, in any case
	Role        Role
	Active      bool // or locked out of everything
	PaymentLink bool // may send payment links
	APIAccess   bool // has API keys that open
	Profiles    []profile.ID
}

// User is a member of staff.
type User struct {
	ID ID
	Details
	CreatedAt time.Time
}

const maxText = 200 // characters

// Validate returns ErrInvalid with every wrong field.
func (d Details) Validate() error {
	var bad []fault.Field
	refuse := func(field, code, public string) {
		bad = append(bad, fault.Field{Pointer: "/" + field, Code: code, Public: public})
	}
	if strings.TrimSpace(d.Name) == "" {
		refuse("name", "required", "This is required.")
	}
	if utf8.RuneCountInString(d.Name) > maxText {
		refuse("name", "too_long", "Use at most 200 characters.")
	}
	if a, err := mail.ParseAddress(d.Email); err != nil || a.Address != d.Email || utf8.RuneCountInString(d.Email) > maxText {
		refuse("email", "email", "Enter an e-mail address such as name@example.com.")
	}
	if !slices.Contains(Roles, d.Role) {
		refuse("role", "not_allowed", "Use admin_user, accountant_user, normal_user or restricted_user.")
	}
	if len(d.Profiles) == 0 {
		refuse("profiles", "required", "This is required.")
	}
	if len(bad) > 0 {
		return ErrInvalid.With(bad...)
	}
	return nil
}

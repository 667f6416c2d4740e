package user

import (
	"errors"
	"strings"
	"testing"

	"github.com/quittance/quittance/internal/fault"
)

// asPublished is BillPro's table of roles, and below the line what it is silent
// about: y all, o those of the user's own making, - none; in the order of Roles.
var asPublished = map[Action]string{
	SeeCustomers:    "yyyo",
	CreateCustomers: "yyyo",
	ChangeCustomers: "yyyo",
	SeeProducts:     "yyyy",
	ChangeProducts:  "y---",
	SeeOrders:       "yyyo",
	CreateOrders:    "yyyo",
	ChangeOrders:    "yyyo",
	ReturnMoney:     "yyy-",

	SendLinks: "yyyo",
	SeeClock:  "yyyy",
	MoveClock: "y---",

	SeeEvents:    "yyy-",
	KeepWebhooks: "y---",
}

func TestRolesMayWhatTheTableSays(t *testing.T) {
	t.Parallel()
	grants := map[byte]Grant{'y': All, 'o': Own, '-': None}
	for action := range table {
		if asPublished[action] == "" {
			t.Errorf("%q is not in the published table", action)
		}
	}
	for action, row := range asPublished {
		for i, role := range Roles {
			if got, want := role.May(action), grants[row[i]]; got != want {
				t.Errorf("%s may %s: %d, want %d", role, action, got, want)
			}
		}
		if Role("owner").May(action) != None {
			t.Errorf("an unknown role may %s", action)
		}
	}
	if Admin.May("rule the world") != None || Action("rule the world").Known() {
		t.Error("an unknown action is allowed")
	}
}

func TestARefusalSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	_, err := Caller{Role: Restricted, PaymentLink: true}.May(ReturnMoney)
	for _, want := range []string{"restricted_user", string(ReturnMoney), "admin_user, accountant_user, normal_user"} {
		if !errors.Is(err, ErrForbidden) || !strings.Contains(publicOf(err), want) {
			t.Errorf("refusal %v %q does not say %q", err, publicOf(err), want)
		}
	}
	if _, err := (Caller{Role: Admin}).May(SendLinks); !errors.Is(err, ErrNoLinks) {
		t.Errorf("sending without the switch = %v, want ErrNoLinks", err)
	}
	if ErrForbidden.Public != "Your role does not allow this." {
		t.Errorf("the shared refusal has changed: %q", ErrForbidden.Public)
	}
}

func publicOf(err error) string {
	var f *fault.Error
	if errors.As(err, &f) {
		return f.Public
	}
	return ""
}

package user

import (
	"slices"
	"strings"

	"github.com/quittance/quittance/internal/fault"
)

// Faults of what a caller may not do.
var (
	ErrForbidden = fault.New(fault.Forbidden, "forbidden_role", "Your role does not allow this.")
	ErrNoLinks   = fault.New(fault.Forbidden, "payment_link_forbidden", "You may not send payment links: your user's switch \"Payment link\" is off.")
)

// Action is something that roles allow or forbid, in words that follow "may".
type Action string

// The actions there are.
const (
	SeeCustomers    Action = "see customers"
	CreateCustomers Action = "create customers"
	ChangeCustomers Action = "change customers"
	SeeProducts     Action = "see products"
	ChangeProducts  Action = "create and change products"
	SeeOrders       Action = "see orders"
	CreateOrders    Action = "create orders"
	ChangeOrders    Action = "change and end orders"
	SendLinks       Action = "send payment links"
	ReturnMoney     Action = "capture, reverse and refund payments"
	SeeClock        Action = "see the test clock"
	MoveClock       Action = "move the test clock"
	SeeEvents       Action = "see events"
	KeepWebhooks    Action = "see and change webhook endpoints"
)

// Grant is how much of an action a role may do.
type Grant int

// The grants.
const (
	None Grant = iota
	Own        // with the customers and orders that the user made
	All
)

// table is the one place that says what roles may do; each row is in the order of
// Roles. It is the roles table of BillPro's manual, and where that is silent:
// payments, papers and the scheduled payments of an order are seen by who sees
// the order; pausing, resuming, cancelling and asking a metered order's customer
// for money change it; capturing and reversing need the right to authorise
// refunds; links are sent by who may see the order and has the switch; everybody
// sees the test clock, which dates are told by, and an admin moves it, because it
// is that of all orders; events tell of all orders, and webhooks send them elsewhere.
var table = map[Action][4]Grant{
	SeeCustomers:    {All, All, All, Own},
	CreateCustomers: {All, All, All, Own},
	ChangeCustomers: {All, All, All, Own},
	SeeProducts:     {All, All, All, All},
	ChangeProducts:  {All, None, None, None},
	SeeOrders:       {All, All, All, Own},
	CreateOrders:    {All, All, All, Own},
	ChangeOrders:    {All, All, All, Own},
	SendLinks:       {All, All, All, Own},
	ReturnMoney:     {All, All, All, None},
	SeeClock:        {All, All, All, All},
	MoveClock:       {All, None, None, None},
	SeeEvents:       {All, All, All, None},
	KeepWebhooks:    {All, None, None, None},
}

// May is how much of an action a role may do; None of what the table lacks.
func (r Role) May(a Action) Grant {
	if i := slices.Index(Roles, r); i >= 0 {
		return table[a][i]
	}
	return None
}

// Known reports whether the table has an action.
func (a Action) Known() bool {
	_, ok := table[a]
	return ok
}

// May is how much of an action a caller may do, Own or All. It returns
// ErrForbidden, which tells the roles that would do, or ErrNoLinks.
func (c Caller) May(a Action) (Grant, error) {
	g := c.Role.May(a)
	if g == None {
		var able []string
		for _, r := range Roles {
			if r.May(a) != None {
				able = append(able, string(r))
			}
		}
		refused := *ErrForbidden
		refused.Public = "The role " + string(c.Role) + " may not " + string(a) + ". It takes one of: " + strings.Join(able, ", ") + "."
		return None, &refused
	}
	if a == SendLinks && !c.PaymentLink {
		return None, ErrNoLinks
	}
	return g, nil
}

// Package actor names who does a thing. An actor is an argument of every
// command and is written to the audit trail; it is never carried in a context.
package actor

import "strings"

// Kind is the sort of actor.
type Kind string

// The five sorts there are.
const (
	User     Kind = "user"
	APIKey   Kind = "api_key"
	Customer Kind = "customer"
	Gateway  Kind = "gateway"
	System   Kind = "system"
)

// Actor is one of them. ID is a user's, key's or gateway account's key; empty
// for the system; a customer session is named by its order. User is the key of the
// user in whose name an API key acts, empty where it is nobody's.
type Actor struct {
	Kind Kind
	ID   string
	User string
}

// TheSystem is Quittance itself: sweeps, jobs, migrations.
var TheSystem = Actor{Kind: System}

// String is "kind" or "kind:id", as the audit trail stores it.
func (a Actor) String() string {
	if a.ID == "" {
		return string(a.Kind)
	}
	return string(a.Kind) + ":" + a.ID
}

// KindOf is the kind in a text that String made.
func KindOf(text string) Kind {
	kind, _, _ := strings.Cut(text, ":")
	return Kind(kind)
}

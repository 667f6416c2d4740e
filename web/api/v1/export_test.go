package v1

import "github.com/quittance/quittance/internal/user"

// Operation is a route as tests see it.
type Operation struct {
	Method, Pattern string
	Action          user.Action
	Public          bool // needs no key
	Owned           bool // what its path names is known to be of somebody's making
}

// Operations are all routes.
func Operations() []Operation {
	var all []Operation
	for _, r := range (&handlers{}).routes() {
		_, owned := ownable[r.subject()]
		all = append(all, Operation{r.method, r.pattern, r.action, r.action == public, owned})
	}
	return all
}

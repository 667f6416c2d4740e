package payment

import (
	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/internal/schedule"
)

// policyOf is how a merchant's declined payments are tried again.
func policyOf(_ profile.Profile) schedule.Policy {
	return schedule.Policy{Limits: schedule.SchemeLimits, Days: []int64{1, 3, 5, 7}}
}

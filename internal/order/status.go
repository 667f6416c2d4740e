package order

// Status is where an order stands (facts/billpro.md §1.7).
type Status string

// The statuses. Draft, pending and rejected are preliminary: nothing was approved
// yet. Active, failed, suspended, paused and review are live. Cancelled and
// complete are final: nothing but a refund is possible.
const (
	Draft     Status = "draft"
	Pending   Status = "pending"
	Rejected  Status = "rejected"
	Active    Status = "active"
	Failed    Status = "failed"    // the newest scheduled payment was soft-declined; later ones are still collected
	Suspended Status = "suspended" // hard-declined: nothing is collected until there is another card
	Paused    Status = "paused"
	Review    Status = "review" // collected more or less than was sold: staff look
	Cancelled Status = "cancelled"
	Complete  Status = "complete"
)

// Statuses are all of them.
var Statuses = []Status{Draft, Pending, Rejected, Active, Failed, Suspended, Paused, Review, Cancelled, Complete}

// Preliminary reports whether nothing was approved yet.
func (s Status) Preliminary() bool { return s == Draft || s == Pending || s == Rejected }

// Live reports whether the order goes on.
func (s Status) Live() bool {
	return s == Active || s == Failed || s == Suspended || s == Paused || s == Review
}

// Final reports whether nothing more can be done to it.
func (s Status) Final() bool { return s == Complete || s == Cancelled }

// Collects reports whether scheduled payments of such an order are collected when
// they fall due.
func (s Status) Collects() bool { return s == Active || s == Failed || s == Review }

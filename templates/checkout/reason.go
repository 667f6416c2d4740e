// Package checkout draws the page with the gateway's card fields, and every
// page that tells what became of a try to pay.
package checkout

// reasonKey is the text that explains a decline. Its words tell what happened,
// that no money was taken and what to do; a reason it does not know reads like
// a bank that gave none.
func reasonKey(reason string) string {
	switch reason {
	case "funds", "hard", "expired_card", "details", "auth_failed", "auth_abandoned", "technical", "hold_over":
		return "declined." + reason
	}
	return "declined.soft"
}

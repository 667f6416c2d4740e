package opp

import (
	"fmt"
	"net/url"
	"strconv"
	"time"

	"github.com/quittance/quittance/internal/gateway"
)

// setSeries writes what was agreed on as the platform's standing instruction;
// mode and source are the call's. An open end and an unnamed rhythm have the
// platform's own values where the schemes want one.
func setSeries(params url.Values, s gateway.Series) error {
	set := func(name, value string) { params.Set("standingInstruction."+name, value) }
	if s.EveryDays > 0 {
		set("frequency", fmt.Sprintf("%04d", s.EveryDays))
	}
	if !s.Until.IsZero() {
		set("expiry", s.Until.Format(time.DateOnly))
	}
	switch s.Kind {
	case gateway.Subscription:
		set("type", "RECURRING")
		set("recurringType", "SUBSCRIPTION")
	case gateway.Instalments:
		if s.Count < 1 || s.Count > 999 {
			return refuse("a purchase has 1 to 999 instalments")
		}
		set("type", "INSTALLMENT")
		set("numberOfInstallments", strconv.Itoa(s.Count))
		if s.EveryDays == 0 {
			set("frequency", "0001")
		}
		if s.Until.IsZero() {
			set("expiry", "9999-12-31")
		}
	case gateway.Unscheduled:
		set("type", "UNSCHEDULED")
	default:
		return refuse("a stored card is charged on a series")
	}
	return nil
}

package checkout

// What the pages of a checkout that is over say of money: that none was taken only
// where it is certain, see payment.Attempt.Unpaid. A page asks nobody; to start again
// does.

func (v Superseded) money() string {
	if v.Unpaid {
		return "superseded.money_none"
	}
	return "superseded.money"
}

// money is for a reader who may not pay, too, and cannot start again.
func (v Expired) money() string {
	if v.ContinueURL == "" && !v.Unpaid {
		return "checking.money"
	}
	return expiredMoney(v.Unpaid)
}

func expiredMoney(unpaid bool) string {
	if unpaid {
		return "ui.no_money"
	}
	return "expired.money"
}

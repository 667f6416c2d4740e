package v1

import (
	"errors"
	"strconv"
	"strings"

	"github.com/quittance/quittance/internal/money"
)

// percentDigits is how many decimals a percentage has: a ten-thousandth of a per
// cent is one part per million.
const percentDigits = 4

var errPercent = errors.New("not a percentage")

// parsePercent reads a percentage exactly: "19" and "7.7" are 190 000 and
// 77 000 parts per million. It takes no sign and never rounds.
func parsePercent(s string) (money.PPM, error) {
	whole, fraction, point := strings.Cut(s, ".")
	if whole == "" || (len(whole) > 1 && whole[0] == '0') || (point && fraction == "") || len(fraction) > percentDigits {
		return 0, errPercent
	}
	digits := whole + fraction + strings.Repeat("0", percentDigits-len(fraction))
	n, err := strconv.ParseUint(digits, 10, 63)
	if err != nil {
		return 0, errPercent
	}
	return money.PPM(n), nil
}

// percent is what parsePercent reads, without needless zeros.
func percent(p money.PPM) string {
	digits := strconv.FormatInt(int64(p), 10)
	if short := percentDigits + 1 - len(digits); short > 0 {
		digits = strings.Repeat("0", short) + digits
	}
	whole, fraction := digits[:len(digits)-percentDigits], strings.TrimRight(digits[len(digits)-percentDigits:], "0")
	if fraction == "" {
		return whole
	}
	return whole + "." + fraction
}

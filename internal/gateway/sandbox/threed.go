package sandbox

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
)

// threeDAnswer is what 3-D Secure 2 said about a payment, in the scheme's words.
type threeDAnswer struct {
	ECI            string `json:"eci"`
	Version        string `json:"version"`
	Flow           string `json:"flow"`                     // frictionless, challenge
	Status         string `json:"authenticationStatus"`     // Y, A, U, N
	VerificationID string `json:"verificationId,omitempty"` // the issuer's proof, where there is one
	DSID           string `json:"dsTransactionId"`
	ACSID          string `json:"acsTransactionId"`
}

// threeD is how a scheme names what happened; ok is false where there was no 3-D Secure.
func threeD(p payment) (t threeDAnswer, ok bool) {
	full, attempted, failed := "05", "06", "07"
	if p.Card.Brand == brandMaster {
		full, attempted, failed = "02", "01", "00"
	}
	t = threeDAnswer{ECI: failed, Version: "2.2.0", Flow: "frictionless"}
	switch p.Card.Flow {
	case flowFrictionless:
		t.ECI, t.Status = full, "Y"
	case flowAttempt:
		t.ECI, t.Status = attempted, "A"
	case flowError:
		t.Status = "U"
	case flowPassed:
		t.ECI, t.Flow, t.Status = full, "challenge", "Y"
	case flowFailed, flowLeft:
		t.Flow, t.Status = "challenge", "N"
	default:
		return threeDAnswer{}, false
	}
	sum := sha256.Sum256([]byte(p.ID)) // the same whenever the payment is told
	if t.ECI != failed {
		t.VerificationID = base64.StdEncoding.EncodeToString(sum[:20])
	}
	t.DSID, t.ACSID = uuidOf(sum[:16]), uuidOf(sum[16:])
	return t, true
}

// uuidOf writes 16 bytes as schemes write their transaction ids.
func uuidOf(b []byte) string {
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:16])
}

package sandbox

import (
	"net/http"
	"time"
)

// answer is the JSON of the protocol; what a call does not tell is left out.
type answer struct {
	ID                    string            `json:"id,omitempty"`
	RegistrationID        string            `json:"registrationId,omitempty"`
	ReferencedID          string            `json:"referencedId,omitempty"`
	PaymentType           string            `json:"paymentType,omitempty"`
	PaymentBrand          string            `json:"paymentBrand,omitempty"`
	Amount                string            `json:"amount,omitempty"`
	Currency              string            `json:"currency,omitempty"`
	Descriptor            string            `json:"descriptor,omitempty"`
	MerchantTransactionID string            `json:"merchantTransactionId,omitempty"`
	MerchantInvoiceID     string            `json:"merchantInvoiceId,omitempty"`
	Result                result            `json:"result"`
	ResultDetails         map[string]string `json:"resultDetails,omitempty"`
	Card                  *cardAnswer       `json:"card,omitempty"`
	ThreeDSecure          *threeDAnswer     `json:"threeDSecure,omitempty"`
	Standing              *standing         `json:"standingInstruction,omitempty"`
	Payments              []answer          `json:"payments,omitempty"`
	Integrity             string            `json:"integrity,omitempty"`
	BuildNumber           string            `json:"buildNumber"`
	Timestamp             string            `json:"timestamp"`
	NDC                   string            `json:"ndc"`
}

type result struct {
	Code            string       `json:"code"`
	Description     string       `json:"description"`
	ParameterErrors []paramError `json:"parameterErrors,omitempty"`
}

type paramError struct {
	Name    string `json:"name"`
	Value   string `json:"value"`
	Message string `json:"message"`
}

type cardAnswer struct {
	BIN         string `json:"bin"`
	Last4       string `json:"last4Digits"`
	Holder      string `json:"holder"`
	ExpiryMonth string `json:"expiryMonth"`
	ExpiryYear  string `json:"expiryYear"`
}

// reply is an answer with its HTTP status. A declined payment is a 200: only
// the result code counts.
type reply struct {
	status int
	body   any
}

const (
	buildNumber = "sandbox"
	timestamp   = "2006-01-02 15:04:05-0700"
)

// plain is an answer that tells of no transaction.
func (s *Sandbox) plain(code string) answer {
	return answer{
		Result:      result{Code: code, Description: describe(code)},
		BuildNumber: buildNumber,
		Timestamp:   s.clock.now().Format(timestamp),
		NDC:         newPaymentID(),
	}
}

func (s *Sandbox) refuse(status int, code string, bad ...paramError) reply {
	a := s.plain(code)
	a.Result.ParameterErrors = bad
	return reply{status, a}
}

// answer tells of a transaction, with the time of its last change.
func (s *Sandbox) answer(p payment) answer { return paymentAnswer(p, p.ChangedAt) }

func paymentAnswer(p payment, at time.Time) answer {
	a := answer{
		ID: p.ID, RegistrationID: p.RegistrationID, ReferencedID: p.ReferencedID,
		PaymentType: p.Type, PaymentBrand: p.Card.Brand, Amount: p.Amount.String(), Currency: p.Currency,
		Descriptor:            "SANDBOX " + p.ID[len(p.ID)-8:],
		MerchantTransactionID: p.MerchantTransactionID, MerchantInvoiceID: p.MerchantInvoiceID,
		Result:        result{Code: p.Code, Description: describe(p.Code)},
		ResultDetails: detailsOf(p),
		BuildNumber:   buildNumber, Timestamp: at.Format(timestamp), NDC: p.CheckoutID,
	}
	if p.Type == "RG" {
		a.Amount = ""
	}
	if a.NDC == "" {
		a.NDC = p.ID
	}
	if p.Standing != (standing{}) {
		a.Standing = &p.Standing
	}
	if p.Card.Last4 == "" {
		return a
	}
	a.Card = &cardAnswer{BIN: p.Card.BIN, Last4: p.Card.Last4, Holder: p.Card.Holder,
		ExpiryMonth: p.Card.ExpiryMonth, ExpiryYear: p.Card.ExpiryYear}
	if t, ok := threeD(p); ok && p.ReferencedID == "" {
		a.ThreeDSecure = &t
		a.ResultDetails["3ds.acsEci"] = t.ECI
	}
	return a
}

// detailsOf is what acquirer and scheme add to a result.
func detailsOf(p payment) map[string]string {
	d := map[string]string{"ConnectorTxID1": p.ID[4:20], "ExtendedDescription": describe(p.Code)}
	if p.State == StateApproved && p.ReferencedID == "" {
		d["AuthCode"] = p.ID[20:26]
	}
	for name, value := range map[string]string{
		"AcquirerResponse":                 acquirerResponse(p.Code, p.Card.Brand),
		"CardholderInitiatedTransactionID": p.InitialID,
		"MerchantAdviceCode":               p.Advice,
		"VisaCategoryCode":                 p.Category,
	} {
		if value != "" {
			d[name] = value
		}
	}
	return d
}

// resultCodes is GET /v1/resultcodes: the codes this gateway has words for.
func (s *Sandbox) resultCodes(w http.ResponseWriter, _ *http.Request) {
	list := []result{}
	for code, text := range descriptions() {
		list = append(list, result{Code: code, Description: text})
	}
	writeJSON(w, http.StatusOK, map[string]any{"resultCodes": list})
}

package sandbox_test

import (
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/quittance/quittance/internal/gateway/sandbox"
)

// Challenged test cards.
const (
	visaAsked   = "4200000000000042"
	visaFails   = "4200000000000018"
	masterAsked = "5200000000000049"
)

// asked is a checkout whose issuer asks, and the path of the issuer's page.
func (k *kit) asked(mtid, number, holder string) (checkout, issuer string) {
	k.t.Helper()
	c := k.checkout(mtid)
	got := k.pay(c.ID, number, holder)
	at, err := url.Parse(got.Redirect)
	if err != nil || got.Outcome != "challenge" || !strings.HasPrefix(at.Path, "/acs/") {
		k.t.Fatalf("pay = %+v, %v, want a challenge", got, err)
	}
	return c.ID, at.Path
}

// answer is the cardholder pressing a button of the issuer's page; it gives where
// that leads.
func (k *kit) answer(issuer, button string) string {
	k.t.Helper()
	done := k.leads(http.MethodPost, k.srv.URL+issuer, url.Values{"answer": {button}})
	return k.leads(http.MethodGet, done, nil)
}

// leads is where an address sends a browser on to.
func (k *kit) leads(method, address string, form url.Values) string {
	k.t.Helper()
	req, err := http.NewRequestWithContext(k.t.Context(), method, address, strings.NewReader(form.Encode()))
	if err != nil {
		k.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		k.t.Fatal(err)
	}
	_ = res.Body.Close() // empty
	if res.StatusCode != http.StatusSeeOther {
		k.t.Fatalf("%s leads on with %d", req.URL.Path, res.StatusCode)
	}
	return res.Header.Get("Location")
}

// look is the issuer's page.
func (k *kit) look(issuer string) string {
	k.t.Helper()
	res, err := http.Get(k.srv.URL + issuer) //nolint:noctx // a server of the test's own
	if err != nil {
		k.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }() // read to its end
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		k.t.Fatal(err)
	}
	return string(raw)
}

func TestThreeDSecureOfEveryTestCard(t *testing.T) {
	t.Parallel()
	for number, tt := range map[string]struct{ button, code, eci, flow, status string }{
		"4200000000000000": {"", "000.100.110", "", "", ""},
		"4012001037141112": {"", "000.100.110", "", "", ""},
		"4200000000000091": {"", "000.100.110", "05", "frictionless", "Y"},
		"4200000000000026": {"", "000.100.110", "05", "frictionless", "Y"},
		"4200000000000109": {"", "000.100.110", "06", "frictionless", "A"},
		"4012001037461114": {"", "100.390.112", "07", "frictionless", "U"},
		"4200000000000042": {"approve", "000.100.110", "05", "challenge", "Y"},
		"4200000000000067": {"approve", "000.100.110", "05", "challenge", "Y"},
		"4200000000000018": {"approve", "100.380.401", "07", "challenge", "N"},
		"4200000000000075": {"approve", "100.380.401", "07", "challenge", "N"},
		"5200000000000007": {"", "000.100.110", "02", "frictionless", "Y"},
		"5200000000000023": {"", "000.100.110", "01", "frictionless", "A"},
		"5434580000000006": {"", "100.390.112", "00", "frictionless", "U"},
		"5200000000000015": {"approve", "000.100.110", "02", "challenge", "Y"},
		"5200000000000049": {"reject", "100.380.401", "00", "challenge", "N"},
		"5200000000000064": {"approve", "100.380.401", "00", "challenge", "N"},
		"5200000000000072": {"cancel", "100.396.101", "00", "challenge", "N"},
	} {
		t.Run(number+" "+tt.button, func(t *testing.T) {
			t.Parallel()
			k := newKit(t)
			c := k.checkout("order-0001")
			got := k.pay(c.ID, number, "Ada Example")
			if (got.Outcome == "challenge") != (tt.button != "") {
				t.Fatalf("outcome = %q", got.Outcome)
			}
			if tt.button != "" {
				k.answer(strings.TrimPrefix(got.Redirect, k.srv.URL), tt.button)
			}
			s := k.call("GET", "/v1/checkouts/"+c.ID+"/payment")
			wantCode(t, s, http.StatusOK, tt.code)
			d := s.ThreeDSecure
			if d.ECI != tt.eci || d.Flow != tt.flow || d.AuthenticationStatus != tt.status {
				t.Errorf("threeDSecure = %+v, want %s %s %s", d, tt.eci, tt.flow, tt.status)
			}
			if proved := d.VerificationID != ""; proved != (tt.status == "Y" || tt.status == "A") {
				t.Errorf("verificationId = %q with status %q", d.VerificationID, tt.status)
			}
			if (d.DSTransactionID != "") != (tt.flow != "") {
				t.Errorf("dsTransactionId = %q with flow %q", d.DSTransactionID, tt.flow)
			}
		})
	}
}

func TestWhileTheIssuerAsksNothingIsDecidedAndNothingElseIsTried(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	c, issuer := k.asked("order-0001", visaAsked, "Ada Example")

	status := k.call("GET", "/v1/checkouts/"+c+"/payment")
	wantCode(t, status, http.StatusOK, "000.200.000")
	if status.ID != "" || len(k.books()) != 0 {
		t.Errorf("while the issuer asks: id %q, books %+v, want nothing", status.ID, k.books())
	}
	again := k.pay(c, visa, "Ada Example")
	if again.Outcome != "challenge" || !strings.HasSuffix(again.Redirect, issuer) {
		t.Errorf("a second card = %+v, want the same challenge", again)
	}
	for range 2 { // loaded again, it still asks
		if page := k.look(issuer); !strings.Contains(page, "124.00\u00a0EUR") || !strings.Contains(page, "Visa ending in 0042") ||
			!strings.Contains(page, "shop.example") {
			t.Errorf("the issuer's page does not say what it is about:\n%s", page)
		}
	}
	if len(k.books()) != 0 {
		t.Error("looking at the issuer's page booked something")
	}

	back := k.answer(issuer, "approve")
	if !strings.HasPrefix(back, "https://shop.example/return?t=1&id="+c) {
		t.Errorf("the issuer leads to %s, want the merchant's address", back)
	}
	for _, button := range []string{"approve", "reject", "cancel"} { // a double press, and the back button
		if again := k.answer(issuer, button); again != back {
			t.Errorf("a second answer leads to %s, want %s", again, back)
		}
	}
	if b := k.books(); len(b) != 1 || b[0].State != sandbox.StateApproved {
		t.Errorf("books = %+v, want one approved payment", b)
	}
	if page := k.look(issuer); strings.Contains(page, "<button") || !strings.Contains(page, "answered already") {
		t.Errorf("the issuer asks again:\n%s", page)
	}
}

func TestManyAnswersAtOnceAreOne(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	c, issuer := k.asked("order-0001", visaAsked, "Ada Example")
	var all sync.WaitGroup
	for _, button := range []string{"approve", "approve", "reject", "cancel", "approve"} {
		all.Go(func() {
			_, _ = k.send("POST", issuer, url.Values{"answer": {button}}, nil) // leads to shop.example, which is nobody's
		})
	}
	all.Go(func() {
		if _, err := k.send("POST", "/v1/frame/"+c+"/cancel", url.Values{}, nil); err != nil {
			t.Error(err)
		}
	})
	all.Wait()
	if n := len(k.books()); n != 1 {
		t.Errorf("books have %d entries, want 1", n)
	}
}

func TestChallengeThatNobodyAnswersEndsWithItsCheckout(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	early, _ := k.asked("order-0001", visaAsked, "Ada Example")
	late := k.checkout("order-0002")
	k.advance(28 * time.Minute)
	issuer := strings.TrimPrefix(k.pay(late.ID, masterAsked, "Ada Example").Redirect, k.srv.URL)

	k.advance(2 * time.Minute)
	wantCode(t, k.call("GET", "/v1/checkouts/"+early+"/payment"), http.StatusOK, "100.396.103")
	if n := len(k.books()); n != 1 {
		t.Fatalf("books have %d entries, want the one whose time is up", n)
	}
	k.advance(3*time.Minute - time.Second)
	k.answer(issuer, "approve") // five minutes at least
	wantCode(t, k.call("GET", "/v1/checkouts/"+late.ID+"/payment"), http.StatusOK, "000.100.110")

	gone, over := k.asked("order-0003", visaAsked, "Ada Example")
	k.advance(30 * time.Minute)
	k.answer(over, "approve") // too late: it leads back and books no approval
	wantCode(t, k.call("GET", "/v1/checkouts/"+gone+"/payment"), http.StatusOK, "100.396.103")
}

func TestBackOnTheMerchantsPageTheChallengeIsCancelledBeforeAnotherCard(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	c, issuer := k.asked("order-0001", visaAsked, "Ada Example")

	if page := k.look("/v1/frame/" + c); !strings.Contains(page, "still waiting") || strings.Contains(page, `id="card"`) {
		t.Errorf("the card form is offered while the issuer asks:\n%s", page)
	}
	got, err := k.send("POST", "/v1/frame/"+c+"/cancel", values("shopperResultUrl", "https://shop.example/return?t=1"), nil)
	if err != nil || got.Outcome != "declined" || got.Redirect == "" {
		t.Fatalf("cancel = %+v, %v", got, err)
	}
	wantCode(t, k.call("GET", "/v1/checkouts/"+c+"/payment"), http.StatusOK, "100.396.101")
	if again, err := k.send("POST", "/v1/frame/"+c+"/cancel", url.Values{}, nil); err != nil || again.Outcome != "already" {
		t.Errorf("a second cancel = %+v, %v, want already", again, err)
	}
	k.answer(issuer, "approve") // the other tab, too late
	if got := k.pay(c, visa, "Ada Example").Outcome; got != "approved" {
		t.Errorf("another card = %q, want approved", got)
	}
	var states []sandbox.State
	for _, e := range k.books() {
		states = append(states, e.State)
	}
	if len(states) != 2 || states[0] != sandbox.StateDeclined || states[1] != sandbox.StateApproved {
		t.Errorf("books = %v, want a decline and an approval", states)
	}
}

func TestSlowChallengeIsApprovedAfterItsCheckoutWasReplaced(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	_, issuer := k.asked("order-0001", visaAsked, "Ada Example")
	k.advance(26 * time.Minute)
	second := k.checkout("order-0002")
	k.pay(second.ID, visa, "Ada Example")

	k.answer(issuer, "approve")

	for _, mtid := range []string{"order-0001", "order-0002"} {
		q := k.call("GET", "/v1/query", "merchantTransactionId", mtid)
		if len(q.Payments) != 1 || q.Payments[0].Result.Code != "000.100.110" {
			t.Errorf("query of %s = %+v, want one approval", mtid, q.Payments)
		}
	}
}

func TestAfterTheIssuerTheBankMayStillDecline(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	c, issuer := k.asked("order-0001", visaAsked, "800.100.155")
	k.answer(issuer, "approve")
	wantCode(t, k.call("GET", "/v1/checkouts/"+c+"/payment"), http.StatusOK, "800.100.155")
	c, issuer = k.asked("order-0002", visaFails, "800.100.155")
	k.answer(issuer, "approve")
	wantCode(t, k.call("GET", "/v1/checkouts/"+c+"/payment"), http.StatusOK, "100.380.401")
}

func TestIssuerSpeaksTheShoppersLanguage(t *testing.T) {
	t.Parallel()
	k := newKit(t, func(c *sandbox.Config) { c.Entities[0].MerchantName = "Fahrräder & Söhne" })
	c := k.checkout("order-0001", "amount", "1234.50")
	got, err := k.send("POST", "/v1/frame/"+c.ID+"/pay", values("number", visaAsked, "expiry", "12/34", "cvv", "123", "holder", "Ada", "locale", "de-AT"), nil)
	if err != nil {
		t.Fatal(err)
	}
	page := k.look(strings.TrimPrefix(got.Redirect, k.srv.URL))
	for _, want := range []string{`lang="de"`, "Zahlung bestätigen", "Fahrräder &amp; Söhne", "1.234,50\u00a0EUR", "Visa mit den Endziffern 0042", "Ablehnen"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q:\n%s", want, page)
		}
	}
}

func TestIssuerIsASiteOfItsOwnThatHearsOnlyItsOwnPage(t *testing.T) {
	t.Parallel()
	k := newKit(t, func(c *sandbox.Config) { c.IssuerURL = "https://acs.example" })
	c := k.checkout("order-0001")
	got := k.pay(c.ID, visaAsked, "Ada Example")
	if !regexp.MustCompile(`^https://acs\.example/acs/[0-9a-f]{40}$`).MatchString(got.Redirect) {
		t.Fatalf("redirect = %s, want the issuer's site", got.Redirect)
	}
	path := strings.TrimPrefix(got.Redirect, "https://acs.example")
	for origin, want := range map[string]int{"https://acs.example": http.StatusSeeOther, "https://evil.example": http.StatusForbidden} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, k.srv.URL+path, strings.NewReader("answer=approve"))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Origin", origin)
		req.Header.Set("Sec-Fetch-Site", "cross-site") // as seen by httptest's address
		res, err := http.DefaultTransport.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close() // not read
		if res.StatusCode != want {
			t.Errorf("from %s: %d, want %d", origin, res.StatusCode, want)
		}
	}
	for path, want := range map[string]int{"/acs/unknown": http.StatusNotFound, "/v1/challenges/unknown/done": http.StatusNotFound} {
		res, err := http.Get(k.srv.URL + path) //nolint:noctx // a server of the test's own
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close() // not read
		if res.StatusCode != want {
			t.Errorf("%s: %d, want %d", path, res.StatusCode, want)
		}
	}
}

package sandbox

import (
	"bytes"
	_ "embed"
	"errors"
	"html/template"
	"net/http"
	"net/url"
	"strings"
)

//go:embed static/issuer.html
var issuerSource string

//go:embed static/done.html
var doneSource string

// issuerPolicy is the content security policy of the issuer's page: no script,
// framed by whichever merchant. Its form leads on to other sites.
const issuerPolicy = "default-src 'none'; style-src 'self'; form-action 'self' http: https:; base-uri 'none'; frame-ancestors 'self' http: https:"

// IssuerHandler answers where card issuers ask their cardholders, for a site of
// its own. Handler answers there too, for those who keep one site for both.
func (s *Sandbox) IssuerHandler() http.Handler {
	mux := http.NewServeMux()
	s.issuerRoutes(mux)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { http.NotFound(w, r) })
	return s.logged(mux)
}

func (s *Sandbox) issuerRoutes(mux *http.ServeMux) {
	page := template.Must(template.New("issuer").Parse(issuerSource))
	mux.HandleFunc("GET /acs/{id}", func(w http.ResponseWriter, r *http.Request) { s.issuerAsks(w, r, page) })
	mux.Handle("POST /acs/{id}", s.sameSite(func() string { return s.issuer }, http.HandlerFunc(s.issuerHears)))
	staticRoute(mux, "issuer.css")
}

// challengeAnswer sends the customer to the issuer.
func (s *Sandbox) challengeAnswer(o checkout, h challenge) payAnswer {
	return payAnswer{ID: o.ID, ResourcePath: o.resourcePath(), Outcome: outcomeChallenge, Redirect: s.issuerAddress(h)}
}

// issuerAddress is the issuer's page, without a site where all is on one.
func (s *Sandbox) issuerAddress(h challenge) string {
	site := s.issuer
	if site == "" {
		site = s.publicURL()
	}
	return site + "/acs/" + h.ID
}

// issuerView is the issuer's page, ready to print.
type issuerView struct {
	Texts                  issuerTexts
	Action                 string
	Merchant, Amount, Card string
	Open                   bool
	Heading, Text          string
	Cancel                 string // its button, while open
	Back                   string // its link, when ended
	BackURL                string
}

// issuerAsks is GET /acs/{id}: the issuer asks whether the payment is the
// cardholder's. It changes nothing, however often it is loaded.
func (s *Sandbox) issuerAsks(w http.ResponseWriter, r *http.Request, page *template.Template) {
	words := issuerTextsFor(r.Header.Get("Accept-Language"))
	fail := func(status int, text string, err error) {
		if err != nil {
			s.log.ErrorContext(r.Context(), "challenge failed", "err", err)
		}
		sendPage(w, status, page, issuerPolicy, issuerView{Texts: words, Heading: words.Title, Text: text})
	}
	if err := s.catchUp(r.Context()); err != nil {
		fail(http.StatusInternalServerError, words.Failed, err)
		return
	}
	h, o, err := s.challengeOf(r)
	if errors.Is(err, errNothing) {
		fail(http.StatusNotFound, words.Unknown, nil)
		return
	}
	if err != nil {
		fail(http.StatusInternalServerError, words.Failed, err)
		return
	}
	words = issuerTextsFor(h.Locale)
	v := issuerView{Texts: words, Action: "/acs/" + h.ID, Merchant: s.merchantName(o, h), Open: h.Ending == "", Heading: words.Title,
		Card: words.card(h.Card), BackURL: s.publicURL() + "/v1/challenges/" + h.ID + "/done"}
	if v.Amount, err = words.amount(h.Amount, o.Currency); err != nil {
		fail(http.StatusInternalServerError, words.Failed, err)
		return
	}
	v.Cancel, v.Back = strings.ReplaceAll(words.Cancel, "{merchant}", v.Merchant), strings.ReplaceAll(words.Back, "{merchant}", v.Merchant)
	if !v.Open {
		v.Heading = words.Over
		v.Text = strings.ReplaceAll(words.ended(h.Ending), "{merchant}", v.Merchant)
	} else {
		v.Text = strings.ReplaceAll(words.Question, "{merchant}", v.Merchant)
	}
	sendPage(w, http.StatusOK, page, issuerPolicy, v)
}

// issuerHears is POST /acs/{id}: the cardholder answers. Only the first answer
// counts, and each leads on to the gateway, which knows what it led to.
func (s *Sandbox) issuerHears(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	how := map[string]ending{"approve": endedApproved, "reject": endedRejected, "cancel": endedCancelled}[r.PostFormValue("answer")]
	if how == "" {
		http.Error(w, "answer must be approve, reject or cancel", http.StatusBadRequest)
		return
	}
	id := r.PathValue("id")
	err := s.answerChallenge(r.Context(), id, how)
	switch {
	case errors.Is(err, errNothing):
		http.NotFound(w, r)
		return
	case err != nil:
		s.log.ErrorContext(r.Context(), "challenge failed", "err", err)
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, s.publicURL()+"/v1/challenges/"+url.PathEscape(id)+"/done", http.StatusSeeOther)
}

// doneView is the page that takes a framed customer back to the merchant's page.
type doneView struct {
	Texts             issuerTexts
	Checkout, Address string
	Back              string
}

// challengeDone is GET /v1/challenges/{id}/done: back from the issuer. A window
// goes on to the merchant; a frame asks the merchant's page to go.
func (s *Sandbox) challengeDone(w http.ResponseWriter, r *http.Request, page *template.Template) {
	h, o, err := s.challengeOf(r)
	if err != nil {
		if !errors.Is(err, errNothing) {
			s.log.ErrorContext(r.Context(), "challenge failed", "err", err)
		}
		http.NotFound(w, r)
		return
	}
	address := returnAnswer(o, h.Target, "").Redirect
	if h.Ending == "" {
		address = s.issuerAddress(h)
	}
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Referrer-Policy", "no-referrer")
	if h.Ending == "" || (address != "" && r.Header.Get("Sec-Fetch-Dest") != "iframe") {
		http.Redirect(w, r, address, http.StatusSeeOther) //nolint:gosec // the merchant's own address, as its page gave it to the card form
		return
	}
	words := issuerTextsFor(h.Locale)
	v := doneView{Texts: words, Checkout: o.ID, Address: address, Back: strings.ReplaceAll(words.Back, "{merchant}", s.merchantName(o, h))}
	sendPage(w, http.StatusOK, page, framePolicy, v)
}

func (s *Sandbox) challengeOf(r *http.Request) (challenge, checkout, error) {
	h, err := findChallenge(r.Context(), s.books.r, r.PathValue("id"))
	if err != nil {
		return h, checkout{}, err
	}
	o, err := findCheckout(r.Context(), s.books.r, h.CheckoutID)
	return h, o, err
}

// merchantName is how the issuer calls the merchant.
func (s *Sandbox) merchantName(o checkout, h challenge) string {
	if e, ok := s.entities.get(o.EntityID); ok && e.MerchantName != "" {
		return e.MerchantName
	}
	for _, address := range []string{h.Target, o.ShopperResultURL} {
		if u, err := url.Parse(address); err == nil && u.Host != "" {
			return u.Hostname()
		}
	}
	return o.EntityID
}

// sendPage draws a page whole before it sends any of it.
func sendPage(w http.ResponseWriter, status int, page *template.Template, policy string, view any) {
	var buf bytes.Buffer
	if err := page.Execute(&buf, view); err != nil {
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", policy)
	h.Set("Referrer-Policy", "same-origin") // tells other sites nothing, and keeps the origin of a form
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = w.Write(buf.Bytes()) // the caller hung up
}

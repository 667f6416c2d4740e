// Package form reads what a page's form posted. It knows no field; it bounds
// what it reads and answers with faults that a page can tell.
package form

import (
	"errors"
	"mime"
	"net/http"
	"net/url"

	"github.com/quittance/quittance/internal/fault"
)

// MaxBytes bounds what a form may post.
const MaxBytes = 64 << 10

// Faults of a form as such.
var (
	ErrMalformed = fault.New(fault.Malformed, "form_malformed", "This form could not be read. Load the page again and repeat the last step.")
	ErrTooLarge  = fault.New(fault.TooLarge, "body_too_large", "The request is too large.")
)

// CSRFField is the hidden field that proves that a form was ours.
const CSRFField = "_csrf"

// Form is what was posted.
type Form struct{ values url.Values }

// Read reads a request's body; its query is no part of the form. Reading the
// same request twice gives the same. It returns ErrMalformed or ErrTooLarge. The
// writer is the server's own: only that lets a proxy which still sends a body too
// large see the answer before it hangs up.
func Read(w http.ResponseWriter, r *http.Request) (Form, error) {
	if media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || media != "application/x-www-form-urlencoded" {
		return Form{}, ErrMalformed
	}
	if r.PostForm == nil {
		r.Body = http.MaxBytesReader(w, r.Body, MaxBytes)
	}
	if err := r.ParseForm(); err != nil {
		if tooLarge := new(http.MaxBytesError); errors.As(err, &tooLarge) {
			return Form{}, ErrTooLarge.Because(err)
		}
		return Form{}, ErrMalformed.Because(err)
	}
	return Form{r.PostForm}, nil
}

// Value is a field's first value; empty when there is none.
func (f Form) Value(name string) string { return f.values.Get(name) }

// Checked reports whether a box whose value is "1" was ticked.
func (f Form) Checked(name string) bool { return f.values.Get(name) == "1" }

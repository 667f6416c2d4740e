// Package fault is the error that may be told to a person. It carries a stable
// code for machines and a public sentence for people; every other error is ours
// alone, is logged once at the top and shown as a reference number.
package fault

// Kind says what sort of fault it is; the edges turn it into a status.
type Kind int

// The kinds, and the HTTP status each becomes.
const (
	Invalid      Kind = iota + 1 // 422
	NotFound                     // 404
	Conflict                     // 409
	Unauthorized                 // 401
	Forbidden                    // 403
	TooMany                      // 429
	TooLarge                     // 413
	Malformed                    // 400
	Unavailable                  // 503
	Unsupported                  // 415
)

// Error may be told to a person. Declare one as a package variable beside the
// type it concerns; its Code is also its key in the catalogue of texts.
type Error struct {
	Kind   Kind
	Code   string  // stable, machine-readable: "order_not_open"
	Public string  // complete English sentence, the catalogue's default
	Fields []Field // for Invalid: what is wrong with which field
	cause  error
}

// Field is one thing wrong with the input.
type Field struct {
	Pointer string // JSON pointer or form field: "/order/currency"
	Code    string // stable; the catalogue's key is "field." + Code
	Public  string // complete English sentence
}

// New declares a fault.
func New(k Kind, code, public string) *Error { return &Error{Kind: k, Code: code, Public: public} }

// Error is for logs: the code, and the cause if there is one.
func (e *Error) Error() string {
	if e.cause != nil {
		return e.Code + ": " + e.cause.Error()
	}
	return e.Code
}

// Unwrap gives the cause to errors.Is and errors.As.
func (e *Error) Unwrap() error { return e.cause }

// Is lets errors.Is compare by Code, so a wrapped copy still matches its sentinel.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Code == e.Code
}

// Because returns a copy of e that keeps cause for the log.
func (e *Error) Because(cause error) *Error {
	c := *e
	c.cause = cause
	return &c
}

// With returns a copy of e that also names what is wrong with fields.
func (e *Error) With(fields ...Field) *Error {
	c := *e
	c.Fields = append(append([]Field(nil), e.Fields...), fields...)
	return &c
}

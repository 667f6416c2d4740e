// Package paging cuts long lists into pages. A list is ordered newest first, by
// a time of its rows and then by their keys, or by their names and then by their
// keys, and a page goes on behind a place in that order: rows that are added
// meanwhile make it neither skip nor repeat.
package paging

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"strconv"
	"strings"
	"time"
)

// ErrCursor means that a text is no cursor, or one of another list.
var ErrCursor = errors.New("paging: not a cursor")

// Place is where a row stands in its list.
type Place struct {
	At   time.Time // the row's time that the list goes by, mostly when it was made, to the millisecond
	Key  string    // without dots
	Name string    // the name that the list goes by instead; empty in lists by time
}

// List names a list: whose it is, where it is, and which of its rows it has. A
// cursor of one list is none of another, where its place would mean something else.
type List struct {
	Owner   string
	Path    string
	Filters string // in one order; empty: all rows
}

// mark stands for the list in its cursors.
func (l List) mark() string {
	sum := sha256.Sum256([]byte(l.Owner + "\n" + l.Path + "\n" + l.Filters))
	return base64.RawURLEncoding.EncodeToString(sum[:6])
}

// Cursor is a place in the list as a text that says nothing to people.
func (l List) Cursor(p Place) string {
	text := l.mark() + "." + strconv.FormatInt(p.At.UnixMilli(), 36) + "." + p.Key
	if p.Name != "" {
		text += "." + p.Name
	}
	return base64.RawURLEncoding.EncodeToString([]byte(text))
}

// Place reads what Cursor wrote. It returns ErrCursor.
func (l List) Place(cursor string) (Place, error) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(cursor)
	if err != nil {
		return Place{}, ErrCursor
	}
	_, rest, _ := strings.Cut(string(raw), ".")
	at, rest, _ := strings.Cut(rest, ".")
	key, name, _ := strings.Cut(rest, ".")
	ms, err := strconv.ParseInt(at, 36, 64)
	if err != nil || key == "" || strings.ContainsFunc(key, func(r rune) bool { return r < '!' || r > '~' }) {
		return Place{}, ErrCursor
	}
	p := Place{time.UnixMilli(ms).UTC(), key, name}
	if l.Cursor(p) != cursor {
		return Place{}, ErrCursor
	}
	return p, nil
}

// Window is the part of a list that is asked for.
type Window struct {
	After *Place // the last row before it; nil begins with the newest
	Skip  int    // rows to pass over
	Limit int    // the most rows
}

// Page is a part of a list.
type Page[T any] struct {
	Rows []T
	Next *Place // of the last row here; nil when the list ends with it
}

// Cut makes a page of rows that were read with one more than the window's limit,
// which tells whether there are more.
func Cut[T any](rows []T, w Window, place func(T) Place) Page[T] {
	if len(rows) <= w.Limit {
		return Page[T]{Rows: rows}
	}
	rows = rows[:w.Limit]
	last := place(rows[len(rows)-1])
	return Page[T]{rows, &last}
}

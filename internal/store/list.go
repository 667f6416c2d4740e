package store

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/quittance/quittance/internal/paging"
	"github.com/quittance/quittance/internal/profile"
)

// list is the statement of one page of a list: a profile's rows under some
// conditions, newest first. The first condition leads: it has an index of its own
// that begins with the profile and ends with the list's order. The others are
// looked at row by row, so callers begin with the one that leaves the fewest rows:
// SQLite, without statistics, would choose any.
type list struct {
	columns, from string
	at, key       string // the two columns that order it
	args          []any
	where         []string
	led           bool // a condition leads
	numbered      bool // key is a number
}

// listOf begins a list over a table whose alias its columns carry.
func listOf(profileID profile.ID, columns, from, alias string) *list {
	l := &list{columns: columns, from: from, at: alias + ".created_at", key: alias + ".id"}
	l.where = append(l.where, alias+".profile_id = "+l.arg(string(profileID)))
	return l
}

// arg is the placeholder of one more argument.
func (l *list) arg(v any) string {
	l.args = append(l.args, v)
	return "$" + strconv.Itoa(len(l.args))
}

// and adds a condition. Comparing it with TRUE keeps SQLite from leading with one
// that must not; PostgreSQL, which has statistics, sees through it.
func (l *list) and(condition string) {
	if l.led {
		condition = "(" + condition + ") = TRUE"
	}
	l.where, l.led = append(l.where, condition), true
}

// equal wants a column to be v, which is no wish when it is nothing.
func (l *list) equal(column string, v any) {
	if v != "" && v != nil {
		l.and(column + " = " + l.arg(v))
	}
}

// between wants rows that were made from one moment to before another, and behind
// a page before; a zero time is no bound. An index gets one upper bound, the lower
// of the two: SQLite would not use the better one of both.
func (l *list) between(from, to time.Time, after *paging.Place) {
	if !from.IsZero() {
		l.where = append(l.where, l.at+" >= "+l.arg(ms(from)))
	}
	switch {
	case after != nil && (to.IsZero() || after.At.Before(to)):
		at := l.arg(ms(after.At))
		l.where = append(l.where, l.at+" <= "+at, "("+l.at+" < "+at+" OR "+l.key+" < "+l.arg(l.keyOf(*after))+")")
	case !to.IsZero():
		l.where = append(l.where, l.at+" < "+l.arg(ms(to)))
	}
}

// keyOf is a place's key as its column has it.
func (l *list) keyOf(after paging.Place) any {
	if !l.numbered {
		return after.Key
	}
	n, err := strconv.ParseInt(after.Key, 10, 64)
	if err != nil {
		return int64(0) // no row has it; callers refuse such a place
	}
	return n
}

// within wants a column that does not order the list to be of a time.
func (l *list) within(column string, from, to time.Time) {
	for _, bound := range l.bounds(column, from, to) {
		l.and(bound)
	}
}

// bounds are the conditions that a column is from one moment to before another; a
// zero time is no bound.
func (l *list) bounds(column string, from, to time.Time) []string {
	var all []string
	if !from.IsZero() {
		all = append(all, column+" >= "+l.arg(ms(from)))
	}
	if !to.IsZero() {
		all = append(all, column+" < "+l.arg(ms(to)))
	}
	return all
}

// behind wants what lies behind a page before.
func (l *list) behind(after *paging.Place) { l.between(time.Time{}, time.Time{}, after) }

// rows is the text of the list's first rows, under more conditions. What bounds
// it stands in the text: SQLite compiles a statement again for each value of LIMIT $1.
func (l *list) rows(limit int, more ...string) string {
	return "SELECT " + l.columns + " FROM " + l.from + " WHERE " + strings.Join(append(more, l.where...), " AND ") +
		" ORDER BY " + l.at + " DESC, " + l.key + " DESC LIMIT " + strconv.Itoa(limit)
}

// page reads a page of a list whose text is made by rows.
func page[T any](ctx context.Context, d *DB, l *list, w paging.Window, text string, scan func(scanner) (T, error), place func(T) paging.Place) (paging.Page[T], error) {
	rows, err := d.readers.QueryContext(ctx, text+" OFFSET "+strconv.Itoa(w.Skip), l.args...)
	all, err := collect(rows, err, scan)
	if err != nil {
		return paging.Page[T]{}, fmt.Errorf("read list of %s: %w", l.from, err)
	}
	return paging.Cut(all, w, place), nil
}

// key is what a text is found by whatever its case: bytes, which both engines
// compare alike.
func key(text string) []byte { return []byte(strings.ToLower(text)) }

// beyond is the first key behind all that begin with k; nil when there is none.
func beyond(k []byte) []byte {
	for i := len(k) - 1; i >= 0; i-- {
		if k[i] < 0xff {
			return append(append([]byte(nil), k[:i]...), k[i]+1)
		}
	}
	return nil
}

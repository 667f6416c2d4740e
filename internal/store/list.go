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
// conditions, newest first. Each condition has an index of its own that is led by
// the profile and ends with the order.
type list struct {
	columns, from string
	at, key       string // the two columns that order it
	args          []any
	where         []string
}

// listOf begins a list over a table whose alias its columns carry.
func listOf(profileID profile.ID, columns, from, alias string) *list {
	l := &list{columns: columns, from: from, at: alias + ".created_at", key: alias + ".id"}
	l.equal(alias+".profile_id", string(profileID))
	return l
}

// arg is the placeholder of one more argument.
func (l *list) arg(v any) string {
	l.args = append(l.args, v)
	return "$" + strconv.Itoa(len(l.args))
}

func (l *list) and(condition string) { l.where = append(l.where, condition) }

func (l *list) equal(column string, v any) { l.and(column + " = " + l.arg(v)) }

// text wants a column to be v, which is no wish when it is empty.
func (l *list) text(column, v string) {
	if v != "" {
		l.equal(column, v)
	}
}

// created wants rows of a time from one moment to before another; a zero time is
// no bound.
func (l *list) created(from, to time.Time) {
	if !from.IsZero() {
		l.and(l.at + " >= " + l.arg(ms(from)))
	}
	if !to.IsZero() {
		l.and(l.at + " < " + l.arg(ms(to)))
	}
}

// window wants what lies behind a page before.
func (l *list) window(w paging.Window) {
	if w.After != nil {
		l.and("(" + l.at + ", " + l.key + ") < (" + l.arg(ms(w.After.At)) + ", " + l.arg(w.After.Key) + ")")
	}
}

// all is the text of the list's rows in no order, under more conditions.
func (l *list) all(more ...string) string {
	return "SELECT " + l.columns + " FROM " + l.from + " WHERE " + strings.Join(append(more, l.where...), " AND ")
}

// rows is the text of the list's first rows, under more conditions. What bounds
// it stands in the text: SQLite compiles a statement again for each value of LIMIT $1.
func (l *list) rows(limit int, more ...string) string {
	return l.all(more...) + " ORDER BY " + l.at + " DESC, " + l.key + " DESC LIMIT " + strconv.Itoa(limit)
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

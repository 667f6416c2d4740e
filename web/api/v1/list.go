package v1

import (
	"context"
	"errors"
	"maps"
	"math"
	"strconv"

	"github.com/labstack/echo/v4"

	"github.com/quittance/quittance/internal/paging"
)

// Bounds of a list's pages. Pages by number count rows, so they go only so deep;
// cursors go on from a row, as deep as the list is.
const (
	defaultPerPage = 20
	maxPerPage     = 100
	maxDeep        = 10_000
)

const notACursor = "Use the next_cursor of a page before, of the same list with the same filters."

// listAnswer is one page of a list.
type listAnswer[A any] struct {
	Data       []A     `json:"data"`
	Page       *int    `json:"page"`        // null when a cursor was followed
	NextCursor *string `json:"next_cursor"` // null on the last page
}

// showList answers the page that the query asks for.
func showList[T, A any](c echo.Context, by caller, q *query, read func(context.Context, paging.Window) (paging.Page[T], error), describe func(T) A) error {
	list := q.list(by, c.Request().URL.Path)
	w, number := q.window(list)
	if err := q.done(); err != nil {
		return err
	}
	page, err := read(c.Request().Context(), w)
	if errors.Is(err, paging.ErrCursor) {
		q.note("cursor", "cursor", notACursor)
		return q.done()
	}
	if err != nil {
		return err
	}
	a := listAnswer[A]{Data: make([]A, 0, len(page.Rows)), Page: number}
	for _, row := range page.Rows {
		a.Data = append(a.Data, describe(row))
	}
	if page.Next != nil {
		cursor := list.Cursor(*page.Next)
		a.NextCursor = &cursor
	}
	return show(c, a)
}

// list names the list that the query asks for a part of.
func (q *query) list(by caller, path string) paging.List {
	filters := maps.Clone(q.values)
	for _, part := range []string{"profile_id", "page", "per_page", "cursor"} {
		filters.Del(part)
	}
	return paging.List{Owner: string(by.profileID), Path: path, Filters: filters.Encode()}
}

// window is the part of a list that page, per_page and cursor ask for, and the
// page's number where it has one.
func (q *query) window(list paging.List) (paging.Window, *int) {
	w := paging.Window{Limit: q.number("per_page", defaultPerPage, maxPerPage)}
	number, cursor := q.number("page", 1, math.MaxInt32), q.textOf("cursor", maxCursor)
	if cursor == "" {
		w.Skip = (number - 1) * w.Limit
		if number*w.Limit > maxDeep {
			q.note("page", "page_too_deep", "Pages reach "+strconv.Itoa(maxDeep)+" rows deep. Go on with cursor, the next_cursor of a page before.")
		}
		return w, &number
	}
	if q.values.Has("page") {
		q.note("page", "page_and_cursor", "Tell page or cursor, not both.")
	}
	after, err := list.Place(cursor)
	if err != nil {
		q.note("cursor", "cursor", notACursor)
	}
	w.After = &after
	return w, nil
}

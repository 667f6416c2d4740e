package paging

import (
	"encoding/base64"
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var list = List{Owner: "prf_1", Path: "/customers", Filters: "name=anna"}

func TestACursorLeadsBackToItsPlace(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := Place{time.UnixMilli(rapid.Int64Range(-1e14, 1e14).Draw(t, "at")).UTC(), rapid.StringMatching(`[a-z]{3}_[0-9a-z]{26}`).Draw(t, "key"), rapid.String().Draw(t, "name")}
		got, err := list.Place(list.Cursor(want))
		if err != nil || !got.At.Equal(want.At) || got.Key != want.Key || got.Name != want.Name {
			t.Fatalf("%v comes back as %v, %v", want, got, err)
		}
	})
}

func TestACursorOfAnotherListIsRefused(t *testing.T) {
	t.Parallel()
	cursor := list.Cursor(Place{time.UnixMilli(1_760_000_000_000), "cus_1", ""})
	for name, other := range map[string]List{
		"somebody else's": {"prf_2", list.Path, list.Filters},
		"of other rows":   {list.Owner, "/products", list.Filters},
		"filtered":        {list.Owner, list.Path, "name=bert"},
		"of all":          {list.Owner, list.Path, ""},
	} {
		if p, err := other.Place(cursor); !errors.Is(err, ErrCursor) {
			t.Errorf("the list %s takes it as %v, %v", name, p, err)
		}
	}
}

func TestWhatIsNoCursorIsRefused(t *testing.T) {
	t.Parallel()
	good := list.Cursor(Place{time.UnixMilli(1_760_000_000_000), "cus_1", ""})
	of := func(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(list.mark() + text)) }
	for _, s := range []string{"", "x", "%", good + "=", good + "A", good[1:], of(""), of("."), of(".1"), of(".1."), of(".1.\x00"), of("..1"), of(".+1.a"), of(".01.a"), of(".1.a."), of(".1..a")} {
		if p, err := list.Place(s); !errors.Is(err, ErrCursor) {
			t.Errorf("%q is taken as %v, %v", s, p, err)
		}
	}
}

func TestAPageTellsWhetherThereIsMore(t *testing.T) {
	t.Parallel()
	place := func(s string) Place { return Place{Key: s} }
	w := Window{Limit: 2}
	if got := Cut([]string{"a", "b"}, w, place); len(got.Rows) != 2 || got.Next != nil {
		t.Errorf("the whole list: %v", got)
	}
	if got := Cut([]string{"a", "b", "c"}, w, place); len(got.Rows) != 2 || got.Next == nil || got.Next.Key != "b" {
		t.Errorf("with more behind it: %v", got)
	}
	if got := Cut(nil, w, place); len(got.Rows) != 0 || got.Next != nil {
		t.Errorf("nothing: %v", got)
	}
}

package paging

import (
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestACursorLeadsBackToItsPlace(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := Place{time.UnixMilli(rapid.Int64Range(-1e14, 1e14).Draw(t, "at")).UTC(), rapid.StringMatching(`[a-z]{3}_[0-9a-z]{26}`).Draw(t, "key"), rapid.String().Draw(t, "name")}
		got, err := ParseCursor(want.Cursor())
		if err != nil || !got.At.Equal(want.At) || got.Key != want.Key || got.Name != want.Name {
			t.Fatalf("%v comes back as %v, %v", want, got, err)
		}
	})
}

func TestWhatIsNoCursorIsRefused(t *testing.T) {
	t.Parallel()
	good := Place{time.UnixMilli(1_760_000_000_000), "cus_1", ""}.Cursor()
	for _, s := range []string{"", "x", "%", good + "=", good + "A", good[1:], "MQ", "MS4", "MS4A", "LjE", "KzEuYQ", "MDEuYQ", "MS5hLg", "MS4uYQ"} {
		if p, err := ParseCursor(s); !errors.Is(err, ErrCursor) {
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

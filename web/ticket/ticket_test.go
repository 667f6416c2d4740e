package ticket_test

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/quittance/quittance/internal/id"
	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/internal/secret"
	"github.com/quittance/quittance/web/ticket"
)

func newRing(t testing.TB, keys ...string) *secret.Ring {
	t.Helper()
	r, err := secret.Parse(strings.Join(keys, ","))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func newAttempt() payment.Attempt {
	return payment.Attempt{ID: payment.AttemptID(id.New("att")), ProfileID: id.NewProfile()}
}

func sign(t testing.TB, ring *secret.Ring, x ticket.Ticket) string {
	t.Helper()
	text, err := x.Sign(ring)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestATicketOpensItsOwnCheckoutOnly(t *testing.T) {
	t.Parallel()

	old := secret.Generate("a")
	ring, rotated, foreign := newRing(t, old), newRing(t, secret.Generate("b"), old), newRing(t, secret.Generate("a"))
	a, other := newAttempt(), newAttempt()
	until := time.Date(2026, 5, 3, 12, 0, 0, 0, time.UTC)
	given := ticket.Of(a, ticket.Return, until)
	given.Host = "https://shop.example"
	text, theirs := sign(t, ring, given), sign(t, ring, ticket.Of(other, ticket.Return, until))

	for name, tt := range map[string]struct {
		ring *secret.Ring
		id   payment.AttemptID
		text string
		way  ticket.Way
		want bool
	}{
		"its own":          {ring, a.ID, text, ticket.Return, true},
		"after a rotation": {rotated, a.ID, text, ticket.Return, true},
		"another way":      {ring, a.ID, text, ticket.OwnPage, false},
		"another checkout": {ring, other.ID, text, ticket.Return, false},
		"another's ticket": {ring, a.ID, theirs, ticket.Return, false},
		"another server":   {foreign, a.ID, text, ticket.Return, false},
		"other profile":    {ring, a.ID, string(other.ProfileID) + text[strings.Index(text, "."):], ticket.Return, false},
		"empty":            {ring, a.ID, "", ticket.Return, false},
		"dots":             {ring, a.ID, "....", ticket.Return, false},
	} {
		got, ok := ticket.Open(tt.ring, tt.id, tt.text, tt.way)
		if ok != tt.want || (ok && got != given) {
			t.Errorf("%s: %+v, %t; want %t", name, got, ok, tt.want)
		}
	}
	if given.Over(until) || !given.Over(until.Add(time.Second)) {
		t.Error("a ticket is not good until its time and no longer")
	}
}

func TestATicketBearsNoChange(t *testing.T) {
	t.Parallel()

	ring, a := newRing(t, secret.Generate("a")), newAttempt()
	given := ticket.Of(a, ticket.OwnPage, time.Date(2026, 5, 3, 12, 0, 0, 0, time.UTC))
	given.Host = "https://shop.example"
	text := sign(t, ring, given)
	rapid.Check(t, func(t *rapid.T) {
		at, with := rapid.IntRange(0, len(text)-2).Draw(t, "at"), rapid.Byte().Draw(t, "with")
		changed := text[:at] + string(rune(with)) + text[at+1:]
		if _, ok := ticket.Open(ring, a.ID, changed, ticket.OwnPage); ok && changed != text {
			t.Errorf("%q opens", changed)
		}
	})
}

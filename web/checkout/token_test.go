package checkout

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/quittance/quittance/internal/id"
	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/internal/secret"
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

func TestReturnToken(t *testing.T) {
	t.Parallel()

	old := secret.Generate("a")
	ring, rotated, foreign := newRing(t, old), newRing(t, secret.Generate("b"), old), newRing(t, secret.Generate("a"))
	a, other := newAttempt(), newAttempt()
	now := time.Date(2026, 5, 3, 12, 0, 0, 0, time.UTC)
	token, err := signReturn(ring, a, now)
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := signReturn(ring, other, now)
	if err != nil {
		t.Fatal(err)
	}

	for name, tt := range map[string]struct {
		ring  *secret.Ring
		id    payment.AttemptID
		token string
		at    time.Time
		want  bool
	}{
		"its own":          {ring, a.ID, token, now, true},
		"after a rotation": {rotated, a.ID, token, now, true},
		"at its last":      {ring, a.ID, token, now.Add(returnLife), true},
		"too late":         {ring, a.ID, token, now.Add(returnLife + time.Second), false},
		"another checkout": {ring, other.ID, token, now, false},
		"another's token":  {ring, a.ID, theirs, now, false},
		"another server":   {foreign, a.ID, token, now, false},
		"other profile":    {ring, a.ID, string(other.ProfileID) + token[strings.Index(token, "."):], now, false},
		"empty":            {ring, a.ID, "", now, false},
		"dots":             {ring, a.ID, "...", now, false},
	} {
		got, ok := openReturn(tt.ring, tt.id, tt.token, tt.at)
		if ok != tt.want || (ok && got != a.ProfileID) {
			t.Errorf("%s: %q, %t; want %t", name, got, ok, tt.want)
		}
	}
}

func TestReturnTokenBearsNoChange(t *testing.T) {
	t.Parallel()

	ring, a, now := newRing(t, secret.Generate("a")), newAttempt(), time.Date(2026, 5, 3, 12, 0, 0, 0, time.UTC)
	token, err := signReturn(ring, a, now)
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		at, with := rapid.IntRange(0, len(token)-2).Draw(t, "at"), rapid.Byte().Draw(t, "with")
		changed := token[:at] + string(rune(with)) + token[at+1:]
		if _, ok := openReturn(ring, a.ID, changed, now); ok && changed != token {
			t.Errorf("%q opens", changed)
		}
	})
}

func TestAddressesAreCountedByHousehold(t *testing.T) {
	t.Parallel()

	ring := newRing(t, secret.Generate("a"))
	hash := func(ip string) string {
		s, err := hashAddress(ring, ip)
		if err != nil {
			t.Fatal(err)
		}
		if len(s) != 32 {
			t.Errorf("hash of %s is %q, want 32 digits", ip, s)
		}
		return s
	}
	for _, same := range [][2]string{{"192.0.2.1", "::ffff:192.0.2.1"}, {"2001:db8:1:2::1", "2001:db8:1:2:ffff::9"}, {"fe80::1%eth0", "fe80::1"}} {
		if hash(same[0]) != hash(same[1]) {
			t.Errorf("%s and %s are counted apart", same[0], same[1])
		}
	}
	for _, apart := range [][2]string{{"192.0.2.1", "192.0.2.2"}, {"2001:db8:1:2::1", "2001:db8:1:3::1"}} {
		if hash(apart[0]) == hash(apart[1]) {
			t.Errorf("%s and %s are counted together", apart[0], apart[1])
		}
	}
}

package id_test

import (
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/quittance/quittance/internal/id"
)

func TestKeysSortByCreationAndTellTheirTime(t *testing.T) {
	t.Parallel()
	before := time.Now().Truncate(time.Millisecond)
	keys := make([]string, 1000)
	for i := range keys {
		keys[i] = id.New("ord")
	}
	if !slices.IsSorted(keys) {
		t.Error("keys made one after another do not sort")
	}
	if at := id.Time(keys[0]); at.Before(before) || at.After(time.Now()) {
		t.Errorf("a key made now tells %v", at)
	}
	if len(slices.Compact(keys)) != 1000 {
		t.Error("keys repeat")
	}
}

func TestValid(t *testing.T) {
	t.Parallel()
	key := id.New("ord")
	for s, want := range map[string]bool{key: true, "cus" + key[3:]: false, key[:29]: false, key + "0": false, "ord_": false, "": false, "ord_" + "u2345678901234567890123456": false} {
		if got := id.Valid("ord", s); got != want {
			t.Errorf("Valid(ord, %q) = %t", s, got)
		}
	}
	if !id.Time("nonsense").IsZero() {
		t.Error("nonsense tells a time")
	}
	if got := id.Short("ord_06h022yk35syxe2f4y0nxkhp0m"); got != "0NXKHP0M" {
		t.Errorf("Short = %q", got)
	}
}

func TestProfileKeysAreShortAndDiffer(t *testing.T) {
	t.Parallel()
	keys := map[id.Profile]bool{}
	for range 1000 {
		key := id.NewProfile()
		if keys[key] || !regexp.MustCompile(`^prf_[0-9a-hj-km-np-tv-z]{8}$`).MatchString(string(key)) {
			t.Fatalf("a profile's key is %q, again: %t", key, keys[key])
		}
		keys[key] = true
	}
}

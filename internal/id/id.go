// Package id makes the keys of all rows: prefixed, random, all but profiles'
// sortable by the time they were made, the same on both database engines. What people read (invoice
// numbers) is a column of its own.
package id

import (
	"crypto/rand"
	"encoding/base32"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Profile is a profile's key. It lives here because clocks, events and jobs,
// which know no domain, name the profile they speak of.
type Profile string

var encoding = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// New is a fresh key such as "ord_06f4…": a UUIDv7 in Crockford's base32, so
// that keys sort by creation.
func New(prefix string) string {
	u := uuid.Must(uuid.NewV7())
	return prefix + "_" + encoding.EncodeToString(u[:])
}

// NewProfile is a fresh profile's key such as "prf_7k2m9x4q". It leads the key of
// every row, so it is short; profiles are few, and one in a trillion of being
// taken is left to the table to refuse.
func NewProfile() Profile {
	raw := make([]byte, 5)
	_, _ = rand.Read(raw) // never fails, see crypto/rand
	return Profile("prf_" + encoding.EncodeToString(raw))
}

// Valid reports whether s has the form of a key with this prefix. It is for
// telling garbage from a key before the database is asked.
func Valid(prefix, s string) bool {
	rest, ok := strings.CutPrefix(s, prefix+"_")
	if !ok || len(rest) != 26 {
		return false
	}
	_, err := encoding.DecodeString(rest)
	return err == nil
}

// Short is what people may read and type of a key: its last eight characters,
// in capitals. It is not unique and finds nothing by itself.
func Short(key string) string { return strings.ToUpper(key[max(0, len(key)-8):]) }

// Time is when a key was made; the zero time for anything that is not a key.
func Time(key string) time.Time {
	_, text, _ := strings.Cut(key, "_")
	raw, err := encoding.DecodeString(text)
	if err != nil || len(raw) != 16 {
		return time.Time{}
	}
	sec, nsec := uuid.UUID(raw).Time().UnixTime()
	return time.Unix(sec, nsec).UTC()
}

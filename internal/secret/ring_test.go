package secret_test

import (
	"errors"
	"testing"

	"github.com/quittance/quittance/internal/secret"
)

func ring(t *testing.T, s string) *secret.Ring {
	t.Helper()
	r, err := secret.Parse(s)
	if err != nil {
		t.Fatalf("Parse: %v", err)
	}
	return r
}

func TestRotationKeepsOldSealsAndSignatures(t *testing.T) {
	t.Parallel()
	oldKey, newKey := secret.Generate("k1"), secret.Generate("k2")
	before, after, without := ring(t, oldKey), ring(t, newKey+","+oldKey), ring(t, newKey)

	sealed, err := before.Seal("token", "row1", []byte("secret"))
	if err != nil {
		t.Fatal(err)
	}
	signature, err := before.Sign("return", "chk_1")
	if err != nil {
		t.Fatal(err)
	}

	if got, err := after.Open("token", "row1", sealed); err != nil || string(got) != "secret" {
		t.Errorf("Open after rotation = %q, %v", got, err)
	}
	if !after.Verify("return", "chk_1", signature) {
		t.Error("a signature of the older key no longer verifies")
	}
	if without.Verify("return", "chk_1", signature) {
		t.Error("a signature of a key that left the ring still verifies")
	}
	if _, err := without.Open("token", "row1", sealed); !errors.Is(err, secret.ErrOpen) {
		t.Errorf("Open without its key = %v, want ErrOpen", err)
	}
}

func TestSealIsBoundToPurposeAndPlace(t *testing.T) {
	t.Parallel()
	r := ring(t, secret.Generate("k1"))
	sealed, err := r.Seal("token", "row1", []byte("secret"))
	if err != nil {
		t.Fatal(err)
	}
	tampered := append([]byte(nil), sealed...)
	tampered[len(tampered)-1] ^= 1
	for name, open := range map[string]func() ([]byte, error){
		"other purpose": func() ([]byte, error) { return r.Open("session", "row1", sealed) },
		"other row":     func() ([]byte, error) { return r.Open("token", "row2", sealed) },
		"tampered":      func() ([]byte, error) { return r.Open("token", "row1", tampered) },
		"truncated":     func() ([]byte, error) { return r.Open("token", "row1", sealed[:5]) },
		"empty":         func() ([]byte, error) { return r.Open("token", "row1", nil) },
	} {
		if _, err := open(); !errors.Is(err, secret.ErrOpen) {
			t.Errorf("%s: err = %v, want ErrOpen", name, err)
		}
	}
}

func TestParseRefusesWeakRings(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"", "k1", "k1:", "k1:c2hvcnQ=", "K1:" + secret.Generate("x")[2:], secret.Generate("a") + "," + secret.Generate("a")} {
		if _, err := secret.Parse(s); !errors.Is(err, secret.ErrFormat) {
			t.Errorf("Parse(%q) = %v, want ErrFormat", s, err)
		}
	}
}

func TestSignatureHasOneText(t *testing.T) {
	t.Parallel()

	r := ring(t, secret.Generate("k1"))
	signature, err := r.Sign("purpose", "data")
	if err != nil {
		t.Fatal(err)
	}
	for _, last := range "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_" {
		changed := signature[:len(signature)-1] + string(last)
		if got, want := r.Verify("purpose", "data", changed), changed == signature; got != want {
			t.Errorf("with %c at its end it verifies: %t, want %t", last, got, want)
		}
	}
}

package checkout

import (
	"testing"

	"github.com/quittance/quittance/internal/secret"
)

func TestAddressesAreCountedByHousehold(t *testing.T) {
	t.Parallel()

	ring, err := secret.Parse(secret.Generate("a"))
	if err != nil {
		t.Fatal(err)
	}
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

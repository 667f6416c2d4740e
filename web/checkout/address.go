package checkout

import (
	"encoding/hex"
	"fmt"
	"net/netip"

	"github.com/quittance/quittance/internal/secret"
)

const purposeAddress = secret.Purpose("client-address")

// hashAddress is what the limits count a browser's address by. Of an IPv6 address
// only the first 64 bits count: one household has all the others.
func hashAddress(ring *secret.Ring, ip string) (string, error) {
	if a, err := netip.ParseAddr(ip); err == nil {
		a = a.Unmap().WithZone("")
		if a.Is6() {
			a = netip.PrefixFrom(a, 64).Masked().Addr()
		}
		ip = a.String()
	}
	mac, err := ring.MAC(ring.Current(), purposeAddress, ip)
	if err != nil {
		return "", fmt.Errorf("hash client address: %w", err)
	}
	return hex.EncodeToString(mac[:16]), nil
}

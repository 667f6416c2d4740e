package endpoint

import (
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// Allow is what the operator permits beyond the internet: hosts and networks of
// their own, which may then also be spoken to without TLS. The zero value permits
// https to public addresses alone.
type Allow struct {
	Hosts    []string // in lower case
	Networks []netip.Prefix
}

// Host reports whether the operator permits a host by its name, whatever its
// address is.
func (a Allow) Host(name string) bool { return slices.Contains(a.Hosts, strings.ToLower(name)) }

// Address reports whether an address may be connected to.
func (a Allow) Address(ip netip.Addr) bool {
	ip = ip.Unmap().WithZone("")
	return a.within(ip) || public(ip)
}

func (a Allow) within(ip netip.Addr) bool {
	return slices.ContainsFunc(a.Networks, func(p netip.Prefix) bool { return p.Contains(ip) })
}

// url reports whether an address may be an endpoint's. What its host's name leads
// to is known, and checked, only when it is connected to.
func (a Allow) url(text string) bool {
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" || u.User != nil || u.Fragment != "" || u.Opaque != "" || strings.ContainsAny(text, " \\") || !port(u.Port()) {
		return false
	}
	ip, notIP := netip.ParseAddr(u.Hostname())
	ours := a.Host(u.Hostname()) || notIP == nil && a.within(ip.Unmap().WithZone(""))
	switch {
	case u.Scheme == "http" && ours, u.Scheme == "https" && ours:
		return true
	case u.Scheme != "https":
		return false
	}
	if notIP == nil {
		return a.Address(ip)
	}
	name := strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
	return strings.Contains(name, ".") && !strings.HasSuffix(name, ".localhost")
}

// port reports whether a URL's port can be connected to; empty is the scheme's own.
func port(text string) bool {
	n, err := strconv.ParseUint(text, 10, 16)
	return text == "" || err == nil && n > 0
}

// reserved are networks in which nothing of the internet is, beside those that
// netip tells: RFC 6890 and its successors, and what leads to IPv4 addresses in
// another coat. 168.63.129.16 is Azure's host, which guests can reach.
var reserved = prefixes(
	"0.0.0.0/8", "100.64.0.0/10", "168.63.129.16/32", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
	"2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
)

// internet is the part of IPv6 that is given to the internet. What is outside of it
// leads elsewhere, as does whatever translates to IPv4.
var internet = netip.MustParsePrefix("2000::/3")

func prefixes(all ...string) []netip.Prefix {
	parsed := make([]netip.Prefix, len(all))
	for i, text := range all {
		parsed[i] = netip.MustParsePrefix(text)
	}
	return parsed
}

func public(ip netip.Addr) bool {
	if !ip.IsGlobalUnicast() || ip.IsPrivate() || ip.Is6() && !internet.Contains(ip) {
		return false
	}
	return !slices.ContainsFunc(reserved, func(p netip.Prefix) bool { return p.Contains(ip) })
}

package endpoint

import (
	"net/netip"
	"testing"
)

// TestAddress has what a name may lead to when it is connected to, whatever was said
// of it before.
func TestAddress(t *testing.T) {
	t.Parallel()
	own := Allow{Hosts: []string{"hooks.internal"}, Networks: []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16"), netip.MustParsePrefix("fd00:1::/64")}}
	for text, want := range map[string]struct{ strangers, own bool }{
		"203.0.114.7":                    {true, true},
		"2600:1f18::7":                   {true, true},
		"::ffff:203.0.114.7":             {true, true},
		"10.1.2.3":                       {false, true},
		"::ffff:10.1.2.3":                {false, true},
		"fd00:1::7":                      {false, true},
		"10.2.0.1":                       {false, false},
		"127.0.0.1":                      {false, false},
		"127.8.8.8":                      {false, false},
		"::1":                            {false, false},
		"::ffff:127.0.0.1":               {false, false},
		"::127.0.0.1":                    {false, false},
		"0.0.0.0":                        {false, false},
		"::":                             {false, false},
		"169.254.169.254":                {false, false},
		"fe80::1%eth0":                   {false, false},
		"fd00:ec2::254":                  {false, false},
		"100.100.100.200":                {false, false},
		"168.63.129.16":                  {false, false},
		"172.16.0.1":                     {false, false},
		"192.168.1.1":                    {false, false},
		"192.0.0.192":                    {false, false},
		"198.18.0.1":                     {false, false},
		"224.0.0.1":                      {false, false},
		"255.255.255.255":                {false, false},
		"ff02::1":                        {false, false},
		"64:ff9b::7f00:1":                {false, false},
		"64:ff9b:1::a9fe:a9fe":           {false, false},
		"2002:7f00:1::":                  {false, false},
		"2001:0:4136:e378:8000:63bf::":   {false, false},
		"fec0::1":                        {false, false},
		"2001:db8::1":                    {false, false},
		"::ffff:0:127.0.0.1":             {false, false},
		"64:ff9b::10.1.2.3":              {false, false},
		"2002:a01:203:1::1":              {false, false},
		"fd00:1::7%eth0":                 {false, true},
		"fd00:1:0:1::7":                  {false, false},
		"2001:4860:4860:0:0:0:0:8888":    {true, true},
		"::ffff:169.254.169.254":         {false, false},
		"100.63.255.255":                 {true, true},
		"100.128.0.0":                    {true, true},
		"239.255.255.250":                {false, false},
		"192.88.99.1":                    {false, false},
		"240.0.0.1":                      {false, false},
		"5f00::1":                        {false, false},
		"100::1":                         {false, false},
		"2001:20::1":                     {false, false},
		"3fff:fff:ffff:ffff:ffff:ffff::": {false, false},
	} {
		ip := netip.MustParseAddr(text)
		if got := (Allow{}).Address(ip); got != want.strangers {
			t.Errorf("%s may be connected to: %t, want %t", text, got, want.strangers)
		}
		if got := own.Address(ip); got != want.own {
			t.Errorf("%s beside the operator's own: %t, want %t", text, got, want.own)
		}
	}
	if !own.Host("Hooks.Internal") || own.Host("hooks.internal.example") {
		t.Error("a host is not known by its name, in any case")
	}
}

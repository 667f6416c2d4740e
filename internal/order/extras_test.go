package order

import (
	"strings"
	"testing"

	"github.com/quittance/quittance/internal/fault"
)

func TestABrowserIsSentOnOnlyWhereItCanBeSeenToGo(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"":                                     "",
		"https://shop.example":                 "",
		"https://shop.example:8443/a/b?c=d&e":  "",
		"https://xn--bcher-kva.example/%C3%A4": "",
		"http://localhost/thanks":              "",
		"http://localhost:3000":                "",
		"http://shop.localhost:8082/thanks":    "",
		"http://127.0.0.1:3000/?a":             "",
		"https://[2001:db8::1]/":               "",
		"http://shop.example/":                 "redirect_url",
		"http://localhost.shop.example/":       "redirect_url",
		"http://127.0.0.1.shop.example/":       "redirect_url",
		"http://[::1]/":                        "redirect_url",
		"http://2130706433/":                   "redirect_url",
		"ftp://shop.example/":                  "redirect_url",
		"javascript:alert(1)":                  "redirect_url",
		"data:text/html,x":                     "redirect_url",
		"//shop.example/":                      "redirect_url",
		"/thanks":                              "redirect_url",
		"shop.example":                         "redirect_url",
		"https:shop.example":                   "redirect_url",
		"https://":                             "redirect_url",
		"https:///thanks":                      "redirect_url",
		"https://:443/":                        "redirect_url",
		"https://user@shop.example/":           "redirect_url",
		"https://user:pass@shop.example/":      "redirect_url",
		"https://@shop.example/":               "redirect_url",
		"https://shop.example/#top":            "redirect_url",
		"https://shop.example/#":               "redirect_url",
		"https://shop.example/a b":             "redirect_url",
		"https://shop.example/ä":               "redirect_url",
		"https://shop.example\\@evil.example":  "redirect_url",
		"https://shop.example/\n":              "redirect_url",
		" https://shop.example/":               "redirect_url",
		"https://shop.example/%zz":             "redirect_url",
		"https://shop.example:x/":              "redirect_url",
		"https://shop.example/" + strings.Repeat("a", MaxURLLength-21): "",
		"https://shop.example/" + strings.Repeat("a", MaxURLLength-20): "too_long",
	} {
		var bad []fault.Field
		refuse := func(pointer, code, public string) {
			bad = append(bad, fault.Field{Pointer: pointer, Code: code, Public: public})
		}
		Sale{FailedRedirectURL: address}.validateAddresses(refuse)
		var got string
		if len(bad) > 0 {
			got = bad[0].Code
		}
		if got != want {
			t.Errorf("%.80q: %q, want %q", address, got, want)
		}
	}
}

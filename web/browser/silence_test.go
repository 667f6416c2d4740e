package browser_test

import (
	"bytes"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// What the journeys type; see card in pages.mjs.
const typedNumber = "4200000000000000"

// typedCode is three digits, which may well stand in some number: it counts where
// something names it.
var typedCode = regexp.MustCompile(`(?i)(cvv|cvc|code)\W{0,6}737\b`)

// wantSilence ends the demo and searches its whole log, and then its files, for
// what neither may hold.
func wantSilence(t *testing.T, d *demo, who customer, o placed) {
	t.Helper()
	d.stop(t)
	token := path.Base(o.Link)
	log := d.log.String()
	if !strings.Contains(log, "POST") || !strings.Contains(log, "/pay") {
		t.Errorf("the log does not tell of requests, so searching it proves nothing:\n%s", d.log.tail(20))
	}
	secret := map[string]string{
		"link token": token, "e-mail": who.Email, "given name": who.GivenName, "family name": who.FamilyName, "street": who.AddressLine1,
		"card number": typedNumber, "card number in groups": "4200 0000 0000 0000", "cardholder": "P Q Holder", "API key": d.shop.key,
	}
	for name, value := range d.secrets {
		secret[name] = value
		if _, key, keyed := strings.Cut(value, ":"); keyed {
			secret[name+" alone"] = key
		}
	}
	for name, value := range secret {
		if len(value) < 6 {
			t.Errorf("%s is %q, too short to search for", name, value)
		}
		if strings.Contains(strings.ToLower(log), strings.ToLower(value)) {
			t.Errorf("the log has the %s", name)
		}
	}
	if found := typedCode.FindString(log); found != "" {
		t.Errorf("the log has the security code: %s", found)
	}
	wantNotInFiles(t, d.dir, map[string]string{"link token": token, "card number": typedNumber, "API key": d.shop.key})
}

// wantNotInFiles searches every file of the demo but the one that is for secrets.
func wantNotInFiles(t *testing.T, dir string, secret map[string]string) {
	t.Helper()
	searched := 0
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || e.Name() == "demo-secrets.json" {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		searched++
		for name, value := range secret {
			if bytes.Contains(content, []byte(value)) {
				t.Errorf("%s holds the %s", e.Name(), name)
			}
		}
		return nil
	})
	if err != nil || searched < 2 {
		t.Errorf("searched %d files: %v", searched, err)
	}
}

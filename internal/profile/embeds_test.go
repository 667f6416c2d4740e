package profile

import "testing"

func TestOnlyOriginsAsBrowsersWriteThemMayEmbed(t *testing.T) {
	t.Parallel()

	for origin, want := range map[string]bool{
		"https://shop.example": true, "https://shop.example:8443": true, "http://localhost:8080": true, "http://shop.localhost:8082": true, "http://127.0.0.1:9": true,
		"http://shop.example": false, "https://shop.example/": false, "https://shop.example:443": false, "http://localhost:80": false, "https://Shop.example": false,
		"https://*.example": false, "https://shop.example; script-src *": false, "https://a@shop.example": false, "https:": false, "": false, "*": false,
		"http://notlocalhost": false, "http://localhost.example": false, "https://shop.example?x": false, "https://shop.example\n": false,
	} {
		d := Details{EmbedHosts: []string{origin}}
		if got := d.Embeds(origin); got != want {
			t.Errorf("%q may embed: %t, want %t", origin, got, want)
		}
		if got := d.refuseWrongEmbeds() == nil; got != want {
			t.Errorf("%q is taken: %t, want %t", origin, got, want)
		}
	}
	if (Details{EmbedHosts: []string{"https://shop.example"}}).Embeds("https://other.example") {
		t.Error("an origin that is not on the list may embed")
	}
	if (Details{EmbedHosts: make([]string, maxEmbedHosts+1)}).refuseWrongEmbeds() == nil {
		t.Error("any number is taken")
	}
}

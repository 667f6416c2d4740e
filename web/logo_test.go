package web_test

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"testing"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/internal/testkit"
)

// brand gives the first profile a logo of 60 × 20 pixels.
func brand(t *testing.T, app *testkit.App, ink color.Color) profile.LogoFile {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewPaletted(image.Rect(0, 0, 60, 20), color.Palette{ink})); err != nil {
		t.Fatal(err)
	}
	f, err := profile.ReadLogo(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if err := app.Profiles.SetLogo(t.Context(), actor.TheSystem, app.Profile.ID, &f); err != nil {
		t.Fatal(err)
	}
	return f
}

func TestLogoStandsInTheHeaderAndIsKeptForEver(t *testing.T) {
	t.Parallel()

	app := testkit.New(t)
	o := app.NewOrder(12400)
	f := brand(t, app, color.Black)
	v := newVisitor(t, app)

	img := v.follow(o.Link).doc.Find("header img")
	address := img.AttrOr("src", "")
	for attr, want := range map[string]string{"src": "/logos/" + f.Hash + ".png", "alt": app.Profile.Name, "width": "60", "height": "20"} {
		if got := img.AttrOr(attr, ""); got != want {
			t.Errorf("%s = %q, want %q", attr, got, want)
		}
	}
	picture := newVisitor(t, app).get(address).wantStatus(http.StatusOK)
	if picture.body != string(f.Content) || picture.Header.Get("Content-Type") != "image/png" {
		t.Errorf("%s is %d bytes of %q", address, len(picture.body), picture.Header.Get("Content-Type"))
	}
	if got := picture.Header.Get("Cache-Control"); got != "public, max-age=31536000, immutable" {
		t.Errorf("Cache-Control = %q", got)
	}
	if got := picture.Header.Get("X-Content-Type-Options"); got != "nosniff" {
		t.Errorf("X-Content-Type-Options = %q", got)
	}
	for _, other := range []string{"/logos/" + f.Hash, "/logos/" + f.Hash + ".jpeg", "/logos/" + f.Hash + ".html"} {
		v.get(other).wantStatus(http.StatusNotFound)
	}
}

func TestAnotherLogoHasAnotherAddressAndApplyKeepsIt(t *testing.T) {
	t.Parallel()

	app := testkit.New(t)
	o := app.NewOrder(12400)
	first, second := brand(t, app, color.Black), brand(t, app, color.White)
	v := newVisitor(t, app)

	if _, err := app.Profiles.Apply(t.Context(), actor.TheSystem, app.Profile, nil); err != nil {
		t.Fatal(err)
	}
	if got := v.follow(o.Link).doc.Find("header img").AttrOr("src", ""); got != "/logos/"+second.Hash+".png" {
		t.Errorf("logo = %q, want the second", got)
	}
	v.get("/logos/" + first.Hash + ".png").wantStatus(http.StatusOK)
	if err := app.Profiles.SetLogo(t.Context(), actor.TheSystem, app.Profile.ID, nil); err != nil {
		t.Fatal(err)
	}
	v.get(orderPath(o)).wantNone("header img").wantText("header", app.Profile.Name)
}

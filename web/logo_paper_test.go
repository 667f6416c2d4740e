package web_test

import (
	"bytes"
	"image"
	"image/png"
	"net/http"
	"strings"
	"testing"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/internal/testkit"
)

// TestPapersCarryTheLogoOfTheirTime takes a merchant's logo away between the
// payment and the first drawing: what was issued keeps it, what is drawn anew
// does not.
func TestPapersCarryTheLogoOfTheirTime(t *testing.T) {
	t.Parallel()

	app := testkit.New(t)
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewNRGBA(image.Rect(0, 0, 64, 32))); err != nil {
		t.Fatal(err)
	}
	logo, err := profile.ReadLogo(picture.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	by := actor.Actor{Kind: actor.User, ID: "test"}
	if err := app.Profiles.SetLogo(t.Context(), by, app.Profile.ID, &logo); err != nil {
		t.Fatal(err)
	}
	o := app.NewOrder(12400)
	v := newVisitor(t, app)
	widget := v.startPaying(o)
	summary := orderPath(o) + "/order-summary.pdf"
	if file := v.get(summary).wantStatus(http.StatusOK); !strings.Contains(file.body, "/Subtype /Image") {
		t.Error("the summary has no logo")
	}
	app.SubmitCard(widget.gatewayID(), testkit.Card{Number: testkit.CardApproved})
	portal := v.follow(widget.returnURL())
	if err := app.Profiles.SetLogo(t.Context(), by, app.Profile.ID, nil); err != nil {
		t.Fatal(err)
	}

	for address, want := range map[string]bool{
		summary: false,
		portal.doc.Find("[data-testid=download-invoice]").AttrOr("href", ""): true,
		portal.doc.Find("[data-testid=download-receipt]").AttrOr("href", ""): true,
	} {
		if got := strings.Contains(v.get(address).wantStatus(http.StatusOK).body, "/Subtype /Image"); got != want {
			t.Errorf("%s has a logo: %t, want %t", address, got, want)
		}
	}
}

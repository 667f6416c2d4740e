package v1_test

import (
	"encoding/json"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/quittance/quittance/internal/actor"
)

// printed is the call that BillPro prints for a key with more than one profile.
const printed = `curl --request GET \
     --url 'https://test.billing.gg/api/v1/customers?page=1&profile_id=1' \
     --header 'Authorization: Bearer YOURAPIKEY' \
     --header 'accept: application/json'`

func TestTheSeedsCommandWorksAsPrinted(t *testing.T) {
	t.Parallel()
	a := start(t)
	_, key, err := a.Users.CreateKey(t.Context(), actor.Actor{Kind: actor.User, ID: "test"}, "both", a.Profile.ID, a.Other.ID)
	if err != nil {
		t.Fatal(err)
	}
	a.customer(t, a.OtherKey)
	mine := a.customer(t, "")
	command := strings.NewReplacer("https://test.billing.gg", a.URL, "YOURAPIKEY", key).Replace(printed)
	out, err := exec.CommandContext(t.Context(), "sh", "-c", command).Output()
	if err != nil {
		t.Fatalf("%s: %v", command, err)
	}
	var p page
	if err := json.Unmarshal(out, &p); err != nil || !slices.Equal(p.ids(), []string{mine}) || p.Page == nil || *p.Page != 1 {
		t.Errorf("answer %s (%v), want page 1 with customer %s", out, err, mine)
	}
}

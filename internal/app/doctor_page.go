package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/internal/store"
	"github.com/quittance/quittance/internal/tamper"
)

// shownBlocked is how many blocked sources of a profile are shown.
const shownBlocked = 10

// blocked shows what the policy of a profile's payment pages kept out of customers'
// browsers, the newest first.
func (d *doctor) blocked(ctx context.Context, db *store.DB, p profile.Profile) {
	found, err := db.BlockedSources(ctx, p.ID, time.Time{}, shownBlocked)
	if err != nil {
		d.fail(fmt.Sprintf("profile %s: blocked sources: %v", p.ID, err), "Check the database.")
		return
	}
	if len(found) == 0 {
		d.ok("profile %s: no browser reported a blocked source on a payment page", p.ID)
		return
	}
	d.warn(fmt.Sprintf("profile %s: browsers reported that payment pages blocked sources, the newest first:", p.ID),
		"They did not run. If you know none of them and they are no browser extension's, look at the page and at the proxy before it.")
	for _, s := range found {
		d.line("", fmt.Sprintf("%s, %d times from %s to %s", s.Text(), s.Reports, s.FirstAt.Format(time.DateOnly), s.LastAt.Format(time.DateOnly)), "")
	}
}

// pages looks at each profile's payment page as browsers get it. It tells nobody but
// who asked.
func (d *doctor) pages(ctx context.Context, profiles []profile.Profile) {
	if len(profiles) == 0 {
		return
	}
	a, err := New(ctx, d.cfg, slog.New(slog.DiscardHandler), Options{beside: true})
	if err != nil {
		d.fail(fmt.Sprintf("payment pages: %v", err), "Correct what the lines above say.")
		return
	}
	defer func() { _ = a.Close() }() // it was only read
	for _, p := range profiles {
		if _, err := a.Profiles.Account(ctx, p.ID); err != nil {
			continue // said already
		}
		found, err := a.Tamper.Look(ctx, p.ID)
		switch {
		case errors.Is(err, tamper.ErrUnseen):
			d.warn(fmt.Sprintf("profile %s: %v", p.ID, err), "Is serve running, and does QUITTANCE_BASE_URL lead to it from here?")
			return
		case err != nil:
			d.fail(fmt.Sprintf("profile %s: payment page: %v", p.ID, err), "Check the database.")
		case len(found) > 0:
			d.fail(fmt.Sprintf("profile %s: the payment page reaches browsers altered: %s", p.ID, strings.Join(found, " ")),
				"Somebody changed it on the way, or another version is serving: look at the proxy first.")
		default:
			d.ok("profile %s: the payment page reaches browsers as it was sent", p.ID)
		}
	}
}

package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/internal/tamper"
)

// pages looks at each profile's payment page as browsers get it. It tells nobody but
// who asked. A SQLite file serves one process, so beside serve nobody can look, and
// without serve there is no page.
func (d *doctor) pages(ctx context.Context, profiles []profile.Profile) {
	if d.cfg.SQLite() || len(profiles) == 0 {
		return
	}
	a, err := New(ctx, d.cfg, slog.New(slog.DiscardHandler), Options{})
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

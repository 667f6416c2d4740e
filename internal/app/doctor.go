package app

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/quittance/quittance/internal/config"
	"github.com/quittance/quittance/internal/profile"
)

// ErrUnwell means that doctor found something that keeps the server from working.
var ErrUnwell = errors.New("doctor: see the lines marked ✗")

// Doctor prints the effective settings, secrets masked, and looks at everything
// they name. It changes nothing. It returns ErrUnwell when a check failed.
func Doctor(ctx context.Context, cfg config.Config, out io.Writer) error {
	well := true
	say := func(what string, err error, hint string) {
		if err == nil {
			_, _ = fmt.Fprintf(out, "✓ %s\n", what)
			return
		}
		well = false
		_, _ = fmt.Fprintf(out, "✗ %s: %v\n  %s\n", what, err, hint)
	}
	for _, row := range cfg.Masked() {
		_, _ = fmt.Fprintf(out, "%s_%s=%s\n", config.Prefix, row[0], row[1])
	}
	_, _ = fmt.Fprintln(out)
	say("settings", cfg.Validate(), "Set the variables that are named above.")
	if !well {
		return ErrUnwell
	}
	db, _, err := openStore(cfg, cfg.Logger(), nil)
	say("database opens", err, "Is the path writable, the server reachable, and no other process using the file?")
	if err != nil {
		return ErrUnwell
	}
	defer func() { _ = db.Close() }() // read only
	say("database answers", db.Ping(ctx), "Check QUITTANCE_DATABASE.")
	schema := db.CheckSchema(ctx)
	say("schema is current", schema, "Run: quittance migrate")
	if schema == nil {
		profiles, err := db.Profiles(ctx)
		say(fmt.Sprintf("%d profiles", len(profiles)), err, "Check the database.")
		for _, p := range profiles {
			_, err := db.Account(ctx, p.ID)
			hint := "Is the key that sealed it still in QUITTANCE_SECRET_KEY?"
			if errors.Is(err, profile.ErrNoAccount) {
				hint = "Add a gateway account: quittance profile apply FILE"
			}
			say(fmt.Sprintf("gateway account of profile %s opens", p.ID), err, hint)
		}
	}
	if schema == nil {
		what, err := mailHealth(ctx, cfg, db)
		say(what, err, "Check QUITTANCE_SMTP_URL: server, port, user, password, and whether it speaks TLS.")
	}
	if !well {
		return ErrUnwell
	}
	return nil
}

package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/quittance/quittance/internal/config"
	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/internal/store"
)

// ErrUnwell means that doctor found something that keeps the server from working.
var ErrUnwell = errors.New("doctor: see the lines that begin with fail")

// doctor says what it finds, each on a line that begins with ok, warn or fail; a
// hint of what to do follows on the next.
type doctor struct {
	cfg          config.Config
	out          io.Writer
	warned, sick int
}

func (d *doctor) ok(format string, args ...any) { d.line("ok", fmt.Sprintf(format, args...), "") }

// warn is for what works and should be otherwise.
func (d *doctor) warn(what, hint string) {
	d.warned++
	d.line("warn", what, hint)
}

// fail is for what keeps the server, or a merchant's payments, from working.
func (d *doctor) fail(what, hint string) {
	d.sick++
	d.line("fail", what, hint)
}

func (d *doctor) line(level, what, hint string) {
	_, _ = fmt.Fprintf(d.out, "%-4s  %s\n", level, what)
	if hint != "" {
		_, _ = fmt.Fprintf(d.out, "      %s\n", hint)
	}
}

// Doctor prints the effective settings, secrets masked, and looks at everything
// they name: the database, the merchants' gateways, the mail server. It changes
// nothing and charges nothing. It returns ErrUnwell when a line says fail.
func Doctor(ctx context.Context, cfg config.Config, out io.Writer) error {
	for _, row := range cfg.Masked() {
		_, _ = fmt.Fprintf(out, "%s_%s=%s\n", config.Prefix, row[0], row[1])
	}
	_, _ = fmt.Fprintln(out)
	d := &doctor{cfg: cfg, out: out}
	d.drawing()
	d.scripts()
	if d.settings() {
		d.database(ctx)
	}
	_, _ = fmt.Fprintf(out, "\n%d failed, %d to think about\n", d.sick, d.warned)
	if d.sick > 0 {
		return ErrUnwell
	}
	return nil
}

// database opens it and looks at what is inside.
func (d *doctor) database(ctx context.Context) {
	if d.cfg.SQLite() && !d.file() {
		return
	}
	db, _, err := openStore(d.cfg, d.cfg.Logger(), nil, true)
	if err != nil {
		d.fail(fmt.Sprintf("database: %v", err), "Check QUITTANCE_DATABASE.")
		return
	}
	defer func() { _ = db.Close() }() // it was only read
	engine, err := db.Engine(ctx)
	if err != nil {
		d.fail(fmt.Sprintf("database does not answer: %v", err), "Check QUITTANCE_DATABASE, and that the server runs and lets this machine in.")
		return
	}
	d.ok("database answers: %s %s", engine.Name, engine.Version)
	if !d.schema(ctx, db) {
		return
	}
	profiles, err := db.Profiles(ctx)
	if err != nil {
		d.fail(fmt.Sprintf("profiles: %v", err), "Check the database.")
		return
	}
	if len(profiles) == 0 {
		d.warn("there is no profile yet", "Make one: quittance profile apply FILE")
	}
	live := slices.ContainsFunc(profiles, func(p profile.Profile) bool { return p.Mode == profile.Live })
	d.engine(engine, live)
	d.clock(live)
	for _, p := range profiles {
		d.profile(ctx, db, p)
		d.blocked(ctx, db, p)
	}
	d.pages(ctx, profiles)
	d.mail(ctx, db)
	d.backlog(ctx, db)
}

func (d *doctor) schema(ctx context.Context, db *store.DB) bool {
	switch err := db.CheckSchema(ctx); {
	case err == nil:
		d.ok("schema is current")
		return true
	case errors.Is(err, store.ErrSchemaOld) && d.cfg.SQLite():
		d.warn("schema is older than this program", "Serve brings it up to date when it starts; make a backup first.")
	case errors.Is(err, store.ErrSchemaOld):
		d.fail("schema is older than this program", "Make a backup, then run: quittance migrate")
	case errors.Is(err, store.ErrSchemaNew):
		d.fail("schema is newer than this program", "Use the program that made it, or a later one: there is no way back.")
	default:
		d.fail(fmt.Sprintf("schema: %v", err), "Check the database.")
	}
	return false
}

// clock looks whether time is made up where money is real.
func (d *doctor) clock(live bool) {
	what := fmt.Sprintf("the clock is set off by %v", d.cfg.ClockSkew)
	switch {
	case d.cfg.ClockSkew == 0:
	case live:
		d.fail(what+" and a profile is live", "Unset QUITTANCE_CLOCK_SKEW: serve does not start with it.")
	default:
		d.warn(what, "Fine for a rehearsal; unset QUITTANCE_CLOCK_SKEW afterwards.")
	}
}

// lateness is how long work may be due before somebody should look.
const lateness = 15 * time.Minute

func (d *doctor) backlog(ctx context.Context, db *store.DB) {
	b, err := db.Backlog(ctx, time.Now())
	if err != nil {
		d.fail(fmt.Sprintf("backlog: %v", err), "Check the database.")
		return
	}
	late := false
	for _, due := range b.Due {
		if due.What == "mails" && mailServer(d.cfg) == nil {
			continue // said already
		}
		if due.Oldest > lateness {
			d.warn(fmt.Sprintf("%d %s are due, the oldest for %v", due.Count, strings.ReplaceAll(due.What, "_", " "), due.Oldest.Round(time.Minute)),
				"Is serve or a worker running? Its log says what keeps failing.")
			late = true
		}
	}
	if late {
		return
	}
	d.ok("nothing is waiting for longer than %v", lateness)
}

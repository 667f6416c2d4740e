package app

import (
	"context"
	"errors"
	"fmt"
	"net"

	"golang.org/x/sync/errgroup"

	"github.com/quittance/quittance/internal/config"
	"github.com/quittance/quittance/static"
)

// ErrNeedsPostgres is the answer to a worker beside a SQLite file.
var ErrNeedsPostgres = errors.New("worker: SQLite serves one process, which is serve; workers need PostgreSQL")

// Serve runs pages, API and workers in one process until ctx ends.
func Serve(ctx context.Context, cfg config.Config) error {
	return run(ctx, cfg, true)
}

// Worker runs jobs and sweeps only; it refuses SQLite.
func Worker(ctx context.Context, cfg config.Config) error {
	if cfg.SQLite() {
		return ErrNeedsPostgres
	}
	return run(ctx, cfg, false)
}

func run(ctx context.Context, cfg config.Config, pages bool) (err error) {
	if err := cfg.Validate(); err != nil {
		return err
	}
	if err := static.CheckInventory(); err != nil {
		return err
	}
	log := cfg.Logger()
	a, err := New(ctx, cfg, log, Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	var lc net.ListenConfig
	var l net.Listener
	if pages {
		if l, err = lc.Listen(ctx, "tcp", cfg.Listen); err != nil {
			return fmt.Errorf("listen: %w", err)
		}
		log.InfoContext(ctx, "serving", "listen", l.Addr().String(), "base_url", cfg.BaseURL)
	}
	group, ctx := errgroup.WithContext(ctx)
	if cfg.MetricsListen != "" {
		operations, err := lc.Listen(ctx, "tcp", cfg.MetricsListen)
		if err != nil {
			return fmt.Errorf("listen for metrics: %w", err)
		}
		log.InfoContext(ctx, "serving metrics", "listen", operations.Addr().String())
		group.Go(func() error { return serveHTTP(ctx, operations, a.Operations, log) })
	}
	group.Go(func() error { return a.Run(ctx, l) })
	return group.Wait()
}

// Migrate brings the database's schema up to this program's.
func Migrate(ctx context.Context, cfg config.Config) (err error) {
	if err := cfg.Validate(); err != nil {
		return err
	}
	db, _, err := openStore(cfg, cfg.Logger(), nil, false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return db.Migrate(ctx)
}

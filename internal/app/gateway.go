package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"

	"golang.org/x/sync/errgroup"

	"github.com/quittance/quittance/internal/gateway/sandbox"
)

// GatewayConfig are the settings of the sandbox gateway as a program of its own.
type GatewayConfig struct {
	Listen       string
	PublicURL    string
	IssuerListen string // where card issuers ask; empty: at Listen too
	IssuerURL    string // the site of it
	DataFile     string
	Entities     string // a JSON file: a list of sandbox.Entity
	AdminToken   string
	Seed         uint64
}

// Gateway runs the sandbox gateway until ctx ends.
func Gateway(ctx context.Context, log *slog.Logger, g GatewayConfig) (err error) {
	var entities []sandbox.Entity
	b, err := os.ReadFile(g.Entities)
	if err == nil {
		err = json.Unmarshal(b, &entities)
	}
	if err != nil {
		return fmt.Errorf("read entities: %w", err)
	}
	if (g.IssuerListen == "") != (g.IssuerURL == "") {
		return errors.New("issuer address and issuer URL belong together")
	}
	s, err := sandbox.New(sandbox.Config{DataFile: g.DataFile, PublicURL: g.PublicURL, IssuerURL: g.IssuerURL, Entities: entities, AdminToken: g.AdminToken, Seed: g.Seed, Logger: log})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if err := s.Start(ctx); err != nil {
		return err
	}
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", g.Listen)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	log.InfoContext(ctx, "sandbox gateway serving", "listen", l.Addr().String())
	if g.IssuerListen == "" {
		return serveHTTP(ctx, l, s.Handler(), log)
	}
	issuer, err := lc.Listen(ctx, "tcp", g.IssuerListen)
	if err != nil {
		return errors.Join(fmt.Errorf("listen: %w", err), l.Close())
	}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return serveHTTP(ctx, l, s.Handler(), log) })
	group.Go(func() error { return serveHTTP(ctx, issuer, s.IssuerHandler(), log) })
	return group.Wait()
}

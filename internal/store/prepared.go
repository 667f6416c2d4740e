package store

import (
	"context"
	"database/sql"
	"sync"
)

// prepared is a pool whose statements are compiled once and kept for as long as
// the pool: most of the time of a short query on SQLite is its compilation. It is
// for texts that are constants of this package, of which there are few. pgx does
// the same by itself.
//
// A read is not given up when its reader goes away: on SQLite it is over in
// microseconds, and to watch over it costs two goroutines.
type prepared struct {
	pool *sql.DB

	mu         sync.RWMutex
	statements map[string]*sql.Stmt
}

func newPrepared(pool *sql.DB) *prepared {
	return &prepared{pool: pool, statements: map[string]*sql.Stmt{}}
}

func (p *prepared) statement(ctx context.Context, query string) (*sql.Stmt, error) {
	p.mu.RLock()
	s, ok := p.statements[query]
	p.mu.RUnlock()
	if ok {
		return s, nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if s, ok := p.statements[query]; ok {
		return s, nil
	}
	s, err := p.pool.PrepareContext(ctx, query) //nolint:sqlclosecheck // it lives as long as the pool, whose Close ends it
	if err != nil {
		return nil, err
	}
	p.statements[query] = s
	return s, nil
}

// QueryContext is the pool's.
func (p *prepared) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	s, err := p.statement(ctx, query) //nolint:sqlclosecheck // kept, see prepared
	if err != nil {
		return nil, err
	}
	return s.QueryContext(context.WithoutCancel(ctx), args...)
}

// QueryRowContext is the pool's.
func (p *prepared) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	s, err := p.statement(ctx, query) //nolint:sqlclosecheck // kept, see prepared
	if err != nil {
		return p.pool.QueryRowContext(ctx, query, args...) // a row that tells the error, which only the pool can make
	}
	return s.QueryRowContext(context.WithoutCancel(ctx), args...)
}

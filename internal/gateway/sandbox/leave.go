package sandbox

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"
)

// leftAfter is the age at which a checkout's customer has left: the gateway then
// calls the merchant's return address itself, once.
const leftAfter = 29 * time.Minute

// noteReturn keeps where a submitted card is to lead its customer, so that the
// gateway can go there itself when the customer never does.
func noteReturn(ctx context.Context, tx *sql.Tx, o checkout, target string) error {
	if target == "" {
		target = o.ShopperResultURL
	}
	if _, err := tx.ExecContext(ctx, `UPDATE checkouts SET return_to = $1 WHERE id = $2`, target, o.ID); err != nil {
		return fmt.Errorf("note where the customer returns to: %w", err)
	}
	return nil
}

// callBack calls the return address of every checkout whose customer left, which
// is one whose result the merchant was not told by a status answer. It waits for
// the answers and reads nothing of them.
func (s *Sandbox) callBack(ctx context.Context) {
	list, err := s.takeLeft(ctx)
	if err != nil {
		if ctx.Err() == nil {
			s.log.ErrorContext(ctx, "could not look for customers who left", "err", err)
		}
		return
	}
	var calls sync.WaitGroup
	for _, address := range list {
		calls.Go(func() { s.visit(ctx, address) })
	}
	calls.Wait()
}

// takeLeft marks the checkouts as called before anyone calls: a lost call is not
// made again.
func (s *Sandbox) takeLeft(ctx context.Context) (addresses []string, err error) {
	before := s.clock.now().Add(-leftAfter).UnixMilli()
	const due = `return_to <> '' AND called_back = 0 AND created_at <= $1`
	var some bool
	if err := s.books.r.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM checkouts WHERE `+due+`)`, before).Scan(&some); err != nil || !some {
		return nil, err
	}
	err = s.books.write(ctx, func(tx *sql.Tx) (err error) {
		addresses = nil
		rows, err := tx.QueryContext(ctx, `SELECT id, type, return_to, told FROM checkouts WHERE `+due, before)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, rows.Close()) }()
		for rows.Next() {
			var o checkout
			var to string
			if err := rows.Scan(&o.ID, &o.Type, &to, &o.Told); err != nil {
				return err
			}
			if o.Told == "" {
				addresses = append(addresses, returnAnswer(o, to, "").Redirect)
			}
		}
		if err := rows.Err(); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE checkouts SET called_back = 1 WHERE `+due, before)
		return err
	})
	return addresses, err
}

func (s *Sandbox) visit(ctx context.Context, address string) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return // returnable took it
	}
	res, err := s.client.Do(req)
	if err != nil {
		s.log.InfoContext(ctx, "return address did not answer")
		return
	}
	_, _ = io.CopyN(io.Discard, res.Body, 4<<10)
	_ = res.Body.Close()
	s.log.InfoContext(ctx, "called a return address", "status", res.StatusCode)
}

package sandbox

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"
)

const (
	answerWithin = 30 * time.Second    // how long a merchant may take to answer
	retryLife    = 30 * 24 * time.Hour // after which a notification is given up
	idleLook     = time.Minute         // how often the loop looks when nothing is due
)

func documentedRetry() []time.Duration {
	m := time.Minute
	return []time.Duration{1 * m, 2 * m, 4 * m, 8 * m, 15 * m, 30 * m, time.Hour, 24 * time.Hour}
}

func notificationClient() *http.Client {
	return &http.Client{
		Timeout:       answerWithin,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// flights knows which channels are being delivered to: one message at a time
// each, so that a channel hears in the order of due times.
type flights struct {
	mu    sync.Mutex
	busy  map[string]bool
	group sync.WaitGroup
}

// board is true when the caller may deliver to the channel; it must land after.
func (f *flights) board(entityID string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.busy == nil {
		f.busy = map[string]bool{}
	}
	if f.busy[entityID] {
		return false
	}
	f.busy[entityID] = true
	f.group.Add(1)
	return true
}

func (f *flights) land(entityID string) {
	f.mu.Lock()
	delete(f.busy, entityID)
	f.mu.Unlock()
	f.group.Done()
}

func (f *flights) wait() { f.group.Wait() }

// deliverLoop runs until ctx ends. It sleeps until the next due time of the
// sandbox's clock, or until it is nudged.
func (s *Sandbox) deliverLoop(ctx context.Context) {
	for ctx.Err() == nil {
		if err := s.catchUp(ctx); err != nil && ctx.Err() == nil {
			s.log.ErrorContext(ctx, "could not settle what is due", "err", err)
		}
		s.running.Go(func() { s.callBack(ctx) })
		for _, e := range s.entities.all() {
			if !s.flights.board(e.EntityID) {
				continue
			}
			go func() {
				defer s.nudgeIf(s.deliverDue(ctx, e.EntityID))
				defer s.flights.land(e.EntityID)
			}()
		}
		timer := time.NewTimer(s.untilDue(ctx))
		select {
		case <-ctx.Done():
		case <-s.wake:
		case <-timer.C:
		}
		timer.Stop()
	}
}

func (s *Sandbox) nudgeIf(worked bool) {
	if worked {
		s.nudge()
	}
}

// untilDue is how long nothing will be due, idleLook at most.
func (s *Sandbox) untilDue(ctx context.Context) time.Duration {
	now := s.clock.now().UnixMilli()
	var next sql.NullInt64
	err := s.books.r.QueryRowContext(ctx, `
SELECT min(at) FROM (SELECT min(due_at) AS at FROM notifications WHERE ended = '' AND due_at > $1
           UNION ALL SELECT min(settle_at) FROM payments WHERE settle_at > 0
           UNION ALL SELECT min(release_at) FROM held WHERE release_at > 0
           UNION ALL SELECT min(created_at) + $2 FROM checkouts WHERE return_to <> '' AND called_back = 0)`, now, leftAfter.Milliseconds()).Scan(&next)
	if err != nil || !next.Valid {
		return idleLook
	}
	return min(idleLook, max(time.Millisecond, time.Duration(next.Int64-now)*time.Millisecond))
}

// Flush delivers every notification that is due now, failed ones once, and
// returns when none is on its way. It works with and without Start.
func (s *Sandbox) Flush(ctx context.Context) error {
	if err := s.catchUp(ctx); err != nil {
		return err
	}
	s.callBack(ctx)
	for _, e := range s.entities.all() {
		for !s.flights.board(e.EntityID) {
			timer := time.NewTimer(time.Millisecond) // the loop is delivering to this channel
			select {
			case <-ctx.Done():
				timer.Stop()
				return ctx.Err()
			case <-timer.C:
			}
		}
		s.deliverDue(ctx, e.EntityID)
		s.flights.land(e.EntityID)
	}
	return ctx.Err()
}

// deliverDue delivers what is due to one channel, in order, and reports whether
// there was anything.
func (s *Sandbox) deliverDue(ctx context.Context, entityID string) (worked bool) {
	for ctx.Err() == nil {
		n, err := s.nextDue(ctx, entityID)
		if errors.Is(err, errNothing) {
			return worked
		}
		if err == nil {
			err = s.deliver(ctx, n)
		}
		if err != nil {
			if ctx.Err() == nil {
				s.log.ErrorContext(ctx, "could not deliver", "err", err)
			}
			return worked
		}
		worked = true
	}
	return worked
}

const notificationColumns = `seq, entity_id, payment_id, plain, made_at, due_at, tries, last_status, ended`

func (s *Sandbox) nextDue(ctx context.Context, entityID string) (notification, error) {
	list, err := notifications(ctx, s.books.r, `WHERE entity_id = $1 AND ended = '' AND due_at <= $2 ORDER BY due_at, seq LIMIT 1`,
		entityID, s.clock.now().UnixMilli())
	if err != nil {
		return notification{}, err
	}
	if len(list) == 0 {
		return notification{}, errNothing
	}
	return list[0], nil
}

func notifications(ctx context.Context, q querier, clause string, args ...any) (list []notification, err error) {
	rows, err := q.QueryContext(ctx, `SELECT `+notificationColumns+` FROM notifications `+clause, args...)
	if err != nil {
		return nil, fmt.Errorf("read notifications: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var n notification
		var made, due int64
		if err := rows.Scan(&n.Seq, &n.EntityID, &n.PaymentID, &n.plain, &made, &due, &n.Tries, &n.LastStatus, &n.Ended); err != nil {
			return nil, fmt.Errorf("scan notification: %w", err)
		}
		n.MadeAt, n.DueAt = fromMillis(made), fromMillis(due)
		list = append(list, n)
	}
	return list, rows.Err()
}

// deliver posts one notification and writes down what came of it. An error is
// the sandbox's own; a merchant that does not answer is none.
func (s *Sandbox) deliver(ctx context.Context, n notification) error {
	e, _ := s.entities.get(n.EntityID)
	status, err := s.post(ctx, e, n.plain)
	if err != nil {
		return err
	}
	if ctx.Err() != nil { // shutting down: the try did not count
		return nil
	}
	now := s.clock.now()
	ended, due := "", n.DueAt
	switch {
	case status >= 200 && status < 300:
		ended = "delivered"
	case now.Sub(n.MadeAt) >= retryLife:
		ended = "given up"
	default:
		due = now.Add(s.retry[min(n.Tries, len(s.retry)-1)])
	}
	return s.books.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `
UPDATE notifications SET tries = tries + 1, last_status = $1, ended = $2, due_at = $3, after_next = 0 WHERE seq = $4`,
			status, ended, due.UnixMilli(), n.Seq)
		if err != nil {
			return fmt.Errorf("write down delivery: %w", err)
		}
		return nil
	})
}

// post is the HTTP status that the merchant answered with, 0 without an answer.
func (s *Sandbox) post(ctx context.Context, e Entity, plain string) (int, error) {
	if e.WebhookURL == "" {
		return 0, nil
	}
	sealed, err := seal(e.WebhookKey, newIV(), []byte(plain))
	if err != nil {
		return 0, err
	}
	contentType, body, err := sealed.wrap(e.Body)
	if err != nil {
		return 0, fmt.Errorf("wrap notification: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, e.WebhookURL, bytes.NewReader(body))
	if err != nil {
		return 0, fmt.Errorf("make notification: %w", err)
	}
	req.Header.Set("Content-Type", contentType)
	req.Header.Set("X-Initialization-Vector", sealed.iv)
	req.Header.Set("X-Authentication-Tag", sealed.tag)
	res, err := s.client.Do(req)
	if err != nil {
		return 0, nil //nolint:nilerr // no answer is an outcome, written down as status 0
	}
	_, _ = io.CopyN(io.Discard, res.Body, 4<<10)
	return res.StatusCode, res.Body.Close()
}

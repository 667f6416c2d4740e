// Package tamper finds out whether somebody changes payment pages on their way to
// browsers (PCI DSS 11.6.1). Once a day each profile's page is fetched by way of the
// public address, and its security headers, its scripts and their bytes are compared
// with the program's own answer, whose scripts were held against the approved
// inventory when it started. And browsers report what the page's policy kept out.
// What is new of either is told once.
package tamper

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/quittance/quittance/internal/clock"
	"github.com/quittance/quittance/internal/event"
	"github.com/quittance/quittance/internal/mail"
	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/internal/profile"
)

// Times of the check, of wall time.
const (
	every  = 24 * time.Hour
	lease  = 15 * time.Minute // until a check whose process died is made again
	unseen = time.Hour        // until a page is looked at again that could not be fetched
	batch  = 10
)

// Bounds of what is told.
const (
	maxFound = 10
	maxName  = 200
)

// Tx is a transaction that may raise an alarm.
type Tx interface {
	mail.Queue
	InsertTask(ctx context.Context, task payment.Task) error
	Record(ctx context.Context, e event.Event) error
}

// CheckTx is a transaction of a check's end.
type CheckTx interface {
	Tx
	// EndPageCheck plans a profile's next check and keeps what this one found; isNew is
	// false where the last one had found the same.
	EndPageCheck(ctx context.Context, profileID profile.ID, found string, next time.Time) (isNew bool, err error)
}

// Repo keeps when each profile's page is looked at.
type Repo interface {
	// ClaimPageChecks takes profiles with a gateway account whose check is due by now, a
	// new one's at once, and keeps others away from them until the time given.
	ClaimPageChecks(ctx context.Context, now, until time.Time, limit int) ([]profile.ID, error)
	// PostponePageCheck plans a profile's next check.
	PostponePageCheck(ctx context.Context, profileID profile.ID, next time.Time) error
	InCheckTx(ctx context.Context, fn func(CheckTx) error) error
}

// Service makes the checks.
type Service struct {
	Repo      Repo
	Clock     clock.Clock
	Site      http.Handler                     // this program's own answers
	Transport http.RoundTripper                // the way to BaseURL; nil is the usual one
	BaseURL   string                           // where browsers reach the site
	Probe     func(profile.ID) (string, error) // the path of a profile's payment page without an order
	Scripts   []string                         // paths of the scripts of ours
	Every     time.Duration                    // between looks for checks that are due
	Log       *slog.Logger
}

// Run makes what checks are due, again and again until ctx ends.
func (s *Service) Run(ctx context.Context) {
	tick := time.NewTicker(s.Every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if err := s.Sweep(ctx); err != nil && ctx.Err() == nil {
			s.Log.ErrorContext(ctx, "payment pages were not checked", "err", err)
		}
	}
}

// Sweep makes the checks that are due, once each however many sweeps run. It goes on
// after an error and returns all of them joined.
func (s *Service) Sweep(ctx context.Context) error {
	now := s.Clock.Wall()
	due, err := s.Repo.ClaimPageChecks(ctx, now, now.Add(lease), batch)
	if err != nil {
		return err
	}
	var errs []error
	for _, profileID := range due {
		found, err := s.Look(ctx, profileID)
		if err == nil {
			err = s.end(ctx, profileID, found)
		} else if errors.Is(err, ErrUnseen) {
			err = errors.Join(err, s.Repo.PostponePageCheck(ctx, profileID, s.Clock.Wall().Add(unseen)))
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("payment page of %s: %w", profileID, err))
		}
	}
	return errors.Join(errs...)
}

// Look compares a profile's payment page, and the scripts of ours, with what this
// program sends, and names what differs: headers, and addresses of scripts and of the
// page. It changes nothing. It returns ErrUnseen.
func (s *Service) Look(ctx context.Context, profileID profile.ID) ([]string, error) {
	probe, err := s.Probe(profileID)
	if err != nil {
		return nil, err
	}
	var found []string
	for _, path := range append([]string{probe}, s.Scripts...) {
		sent, err := s.send(ctx, path)
		if err != nil {
			return nil, err
		}
		if sent.status != http.StatusOK {
			return nil, fmt.Errorf("tamper: this program answers %d", sent.status)
		}
		got, err := s.receive(ctx, path)
		if err != nil {
			return nil, err
		}
		name, _, _ := strings.Cut(path, "?")
		found = append(found, differs(name, sent, got)...)
	}
	slices.Sort(found)
	found = slices.Compact(found)
	for i, name := range found {
		found[i] = strings.ToValidUTF8(name[:min(len(name), maxName)], "")
	}
	return found[:min(len(found), maxFound)], nil
}

// end keeps what was found, and tells it where it is new.
func (s *Service) end(ctx context.Context, profileID profile.ID, found []string) error {
	now, differs := s.Clock.Wall(), strings.Join(found, " ")
	billing, err := s.Clock.Now(ctx, profileID)
	if err != nil {
		return fmt.Errorf("billing time: %w", err)
	}
	return s.Repo.InCheckTx(ctx, func(tx CheckTx) error {
		isNew, err := tx.EndPageCheck(ctx, profileID, differs, now.Add(every))
		if err != nil || !isNew || differs == "" {
			return err
		}
		s.Log.ErrorContext(ctx, "a payment page reaches browsers otherwise than it was sent", "profile", profileID, "differs", differs)
		return tell(ctx, tx, profileID, alarm{task: payment.TaskPageAltered, subject: string(profileID), event: "payment_page.altered",
			data: map[string]any{"differs": differs}, mail: mail.About{Kind: mail.PageAltered, Subject: differs, Step: now.UnixMilli()}}, billing, now)
	})
}

//go:build linux

package crashtest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestCrashSQLite(t *testing.T)   { t.Parallel(); crash(t, "sqlite") }
func TestCrashPostgres(t *testing.T) { t.Parallel(); crash(t, "postgres") }

// size is how much one run does.
type size struct {
	payments, workers int
	least             int // kills in each phase
	within            time.Duration
	step              time.Duration // how far time is moved on at once while settling
	rescue            bool          // wait until the queue has taken up what killed processes had begun
}

var (
	shortSize = size{payments: 40, workers: 12, least: 2, within: 2 * time.Minute, step: 31 * time.Minute}
	longSize  = size{payments: 300, workers: 16, least: 10, within: 25 * time.Minute, step: 11 * time.Minute}
)

func crash(t *testing.T, engine string) {
	t.Helper()
	s, first, runs := shortSize, uint64(1), 1
	if *long {
		s, first, runs = longSize, uint64(time.Now().UnixNano())%1_000_000, *seeds
	}
	if *seed != 0 {
		first = *seed
	}
	binary := program(t)
	for i := range runs {
		n := first + uint64(i)
		s.rescue = *long && i == 0 // it takes minutes of real time
		if !t.Run(fmt.Sprintf("seed=%d", n), func(t *testing.T) {
			r, err := runOnce(t, binary, engine, n, s)
			t.Log(r)
			if err != nil {
				t.Errorf("seed %d on %s: %v", n, engine, err)
			}
		}) {
			return
		}
	}
}

// runOnce is one run of one seed: pay and kill, settle, compare.
func runOnce(t *testing.T, binary, engine string, seed uint64, s size) (r report, err error) {
	t.Helper()
	began := time.Now()
	defer func() { r.took = time.Since(began) }()
	r = report{engine: engine, seed: seed, detail: map[string]int{}, complaints: map[string]int{}}
	ctx, cancel := context.WithTimeout(t.Context(), s.within)
	defer cancel()
	f := newFleet(t, binary, engine, seed)
	f.hunter = &hunter{fleet: f, random: rand.New(rand.NewPCG(seed, 7)), victim: make(chan kill, 8), detail: r.detail}
	t.Cleanup(f.end)
	if err := f.start(ctx); err != nil {
		return r, err
	}
	g, err := stock(ctx, f)
	if err != nil {
		return r, err
	}
	if err := f.merchant.subscribe(ctx, f); err != nil {
		return r, err
	}
	if err := f.gateway.misbehave(ctx); err != nil {
		return r, err
	}
	if r.payments, err = f.payAndKill(ctx, g, seed, s); err != nil {
		return r, err
	}
	r.kills, r.counts = f.hunter.kills, f.hunter.counts
	bank := rand.New(rand.NewPCG(seed, 9))
	if r.rounds, r.late, err = f.settle(ctx, s.step, func() bool { return bank.IntN(2) == 0 }); err != nil {
		return r, err
	}
	if s.rescue {
		if err := f.rescued(ctx); err != nil {
			return r, err
		}
	}
	wrong, compared, held, err := f.balance(ctx, r.detail)
	r.compared, r.held = compared, held
	f.complaints(&wrong, r.complaints)
	orders, countErr := count(ctx, f.openDead, `SELECT count(*) FROM orders`)
	if err = errors.Join(err, countErr); orders != r.payments {
		wrong.add("%d orders are in the books, the API made %d", orders, r.payments)
	}
	if err == nil && len(wrong) > 0 {
		err = errors.New(disagree + ":\n  " + strings.Join(wrong, "\n  "))
	}
	if *long {
		err = errors.Join(err, untouched(compared))
	}
	if least := slices.Min(r.counts[:]); least < s.least {
		err = errors.Join(err, fmt.Errorf("a phase was hit %d times only, want %d", least, s.least))
	}
	return r, err
}

// untouched finds the ways of money that nobody went.
func untouched(compared map[string]int) error {
	for _, way := range []string{"checkout DB", "checkout PA", "charge DB", "capture CP", "reversal RV", "refund RF", "return RF"} {
		if compared[way+" approved"] == 0 {
			return fmt.Errorf("no %s was approved: the run shows less than it should", way)
		}
	}
	return nil
}

const disagree = "the books do not agree"

// payAndKill lets customers pay while the hunter kills, until all have paid and
// every phase was hit often enough.
func (f *fleet) payAndKill(ctx context.Context, g goods, seed uint64, s size) (payments int, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var mu sync.Mutex
	var errs []error
	failed := func(err error) {
		mu.Lock()
		defer mu.Unlock()
		if err != nil && ctx.Err() == nil {
			errs = append(errs, err)
			cancel()
		}
	}
	next := func() (int, bool) {
		mu.Lock()
		defer mu.Unlock()
		if ctx.Err() != nil || payments >= s.payments && (f.hunter.enough(s.least) || payments >= 4*s.payments) {
			return 0, false
		}
		payments++
		return payments, true
	}
	var customers, others sync.WaitGroup
	done := make(chan struct{})
	for range s.workers {
		customers.Go(func() {
			for n, more := next(); more; n, more = next() {
				c := &customer{fleet: f, number: n, random: rand.New(rand.NewPCG(seed, 1000+uint64(n)))}
				err := c.order(ctx, g)
				if err == nil {
					err = c.pay(ctx)
				}
				if err == nil {
					err = c.staff(ctx)
				}
				if err != nil {
					failed(fmt.Errorf("payment %d: %w", n, err))
				}
			}
		})
	}
	others.Go(func() { failed(f.hunter.hunt(ctx, s.least, done)) })
	others.Go(func() { failed(f.decide(ctx, rand.New(rand.NewPCG(seed, 8)), done)) })
	customers.Wait()
	close(done)
	others.Wait()
	return payments, errors.Join(errs...)
}

// decide is the bank: now and then it decides a payment that is pending.
func (f *fleet) decide(ctx context.Context, random *rand.Rand, done <-chan struct{}) error {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-done:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
		third := func() bool { return random.IntN(3) == 0 }
		if err := f.gateway.settle(ctx, third, func() bool { return random.IntN(3) > 0 }); err != nil {
			return err
		}
	}
}

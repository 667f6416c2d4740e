package store_test

import (
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/customer"
	"github.com/quittance/quittance/internal/document"
	"github.com/quittance/quittance/internal/event"
	"github.com/quittance/quittance/internal/id"
	"github.com/quittance/quittance/internal/idem"
	"github.com/quittance/quittance/internal/money"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/internal/secret"
	"github.com/quittance/quittance/internal/store"
	"github.com/quittance/quittance/internal/tamper"
	"github.com/quittance/quittance/internal/testkit"
)

// onBoth runs one behaviour on both engines.
func onBoth(t *testing.T, behaviour func(t *testing.T, app *testkit.App)) {
	t.Helper()
	testkit.OnBoth(t, testkit.Options{}, behaviour)
}

var errStop = errors.New("stop here")

func TestRowsComeBackAsTheyWentIn(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, app *testkit.App) {
		o := app.NewOrder(12_400)
		got, err := app.DB.Order(t.Context(), o.ProfileID, o.ID)
		if err != nil {
			t.Fatal(err)
		}
		same := cmp.Comparer(func(a, b time.Time) bool { return a.Equal(b) })
		amounts := cmp.Comparer(func(a, b interface{ String() string }) bool { return a.String() == b.String() })
		if diff := cmp.Diff(fmt.Sprintf("%+v", o.Order), fmt.Sprintf("%+v", got), same, amounts); diff != "" {
			t.Errorf("order (-want +got):\n%s", diff)
		}
		p, err := app.DB.Profile(t.Context(), app.Profile.ID)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(app.Profile, p, same); diff != "" {
			t.Errorf("profile (-want +got):\n%s", diff)
		}
		c, err := app.DB.Customer(t.Context(), o.ProfileID, o.CustomerID)
		if err != nil || c.Email != "ada@example.com" || c.Version != 1 {
			t.Errorf("customer = %+v, %v", c, err)
		}
		account, err := app.DB.AccountByID(t.Context(), app.Account.ID)
		if diff := cmp.Diff(app.Account, account); err != nil || diff != "" {
			t.Errorf("gateway account: %v (-want +got):\n%s", err, diff)
		}
		app.Takes(money.EUR, money.JPY)
		if account, err = app.DB.AccountByID(t.Context(), app.Account.ID); err != nil || !slices.Equal(account.Currencies, []money.Currency{money.EUR, money.JPY}) {
			t.Errorf("currencies = %v, %v, want EUR and JPY", account.Currencies, err)
		}
	})
}

func TestInvariant12AnotherProfilesRowsDoNotExist(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, app *testkit.App) {
		ctx, o := t.Context(), app.NewOrder(12_400)
		at := app.StartCheckout(o)
		app.SubmitCard(at.CheckoutID, testkit.Card{Number: testkit.CardApproved})
		app.Deliver()
		d := app.Overview(o).Documents[0]
		other := app.Other.ID
		for name, tt := range map[string]struct {
			read func() error
			want error
		}{
			"order":    {func() error { _, err := app.DB.Order(ctx, other, o.ID); return err }, order.ErrNotFound},
			"customer": {func() error { _, err := app.DB.Customer(ctx, other, o.CustomerID); return err }, customer.ErrNotFound},
			"attempt":  {func() error { _, err := app.DB.Attempt(ctx, other, at.ID); return err }, payment.ErrAttemptNotFound},
			"checkout": {func() error { _, err := app.DB.Checkout(ctx, other, at.ID); return err }, payment.ErrAttemptNotFound},
			"link": {func() error {
				_, err := app.DB.Overview(ctx, order.Link{ProfileID: other, OrderID: o.ID, Version: 1})
				return err
			}, order.ErrLinkUnknown},
			"document": {func() error { _, err := app.DB.DocumentByID(ctx, other, d.ID); return err }, document.ErrNotFound},
			"file":     {func() error { _, err := app.DB.DocumentFile(ctx, other, d.ID); return err }, document.ErrNotFound},
			"pay":      {func() error { _, err := app.Payments.StartCheckout(ctx, actor.TheSystem, other, o.ID, ""); return err }, order.ErrNotFound},
			"lift":     {func() error { return app.Payments.LiftLimits(ctx, actor.TheSystem, other, o.ID) }, order.ErrNotFound},
			"revoke":   {func() error { return app.Orders.RevokeLinks(ctx, actor.TheSystem, other, o.ID) }, order.ErrNotFound},
		} {
			if err := tt.read(); !errors.Is(err, tt.want) {
				t.Errorf("%s through another profile = %v, want %v", name, err, tt.want)
			}
		}
	})
}

func TestRollbackLeavesNothing(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, app *testkit.App) {
		o := app.NewOrder(12_400)
		count := func() string {
			return strings.Join(app.Strings(`
SELECT CAST((SELECT COUNT(*) FROM river_job) AS TEXT) UNION ALL SELECT CAST((SELECT COUNT(*) FROM events) AS TEXT)
 UNION ALL SELECT CAST((SELECT COUNT(*) FROM number_series) AS TEXT)`), " ")
		}
		before := count()
		err := app.DB.InPaymentTx(t.Context(), func(tx payment.Tx) error {
			if _, _, err := tx.NextNumber(t.Context(), document.Series{ProfileID: o.ProfileID, Kind: document.Receipt, Year: 2026}, app.Clock.Wall()); err != nil {
				return err
			}
			if err := tx.Record(t.Context(), event.Event{ProfileID: o.ProfileID, Type: "customer.changed", By: actor.TheSystem, At: app.Clock.Wall()}); err != nil {
				return err
			}
			if err := tx.Enqueue(t.Context(), payment.Send{ProfileID: o.ProfileID, AttemptID: "att_1"}); err != nil {
				return err
			}
			return errStop
		})
		if !errors.Is(err, errStop) {
			t.Fatalf("InPaymentTx = %v, want its function's error", err)
		}
		if after := count(); after != before {
			t.Errorf("jobs, events, series were %s and are %s", before, after)
		}
	})
}

func TestInvariant10NumbersRollBackAndNeverGoBackInTime(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, app *testkit.App) {
		series := document.Series{ProfileID: app.Profile.ID, Kind: document.Receipt, Year: 2026}
		noon := time.Date(2026, 5, 3, 12, 0, 0, 0, time.UTC)
		take := func(at time.Time, keep bool) (n int64, issued time.Time) {
			err := app.DB.InPaymentTx(t.Context(), func(tx payment.Tx) error {
				var err error
				if n, issued, err = tx.NextNumber(t.Context(), series, at); err != nil || keep {
					return err
				}
				return errStop
			})
			if keep && err != nil {
				t.Errorf("next number: %v", err)
			}
			return n, issued
		}
		take(noon, true)
		take(noon.Add(time.Hour), false)
		n, issued := take(noon.Add(-time.Hour), true)
		if n != 2 || !issued.Equal(noon) {
			t.Errorf("after a rollback and a clock that went back: number %d at %v, want 2 at %v", n, issued, noon)
		}
		var wg sync.WaitGroup
		for i := range 20 {
			wg.Go(func() { take(noon.Add(time.Duration(i)*time.Minute), i%3 > 0) })
		}
		wg.Wait()
		if n, _ := take(noon, true); n != 2+13+1 {
			t.Errorf("after 13 kept and 7 rolled back: number %d, want 16", n)
		}
	})
}

func TestEventsAreNumberedWithoutGaps(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, app *testkit.App) {
		var wg sync.WaitGroup
		for range 10 {
			wg.Go(func() {
				err := app.DB.InPaymentTx(t.Context(), func(tx payment.Tx) error {
					for _, p := range []profile.ID{app.Other.ID, app.Profile.ID, app.Other.ID} {
						if err := tx.Record(t.Context(), event.Event{ProfileID: p, Type: "customer.changed", By: actor.TheSystem, At: app.Clock.Wall()}); err != nil {
							return err
						}
					}
					return nil
				})
				if err != nil {
					t.Errorf("record: %v", err)
				}
			})
		}
		wg.Wait()
		for p, want := range map[profile.ID]int{app.Profile.ID: 10, app.Other.ID: 20} {
			got := app.Strings(`SELECT CAST(seq AS TEXT) FROM events WHERE profile_id = $1 AND type = 'customer.changed' ORDER BY events.seq`, string(p))
			if len(got) != want || got[len(got)-1] != fmt.Sprint(want) {
				t.Errorf("profile has events %v, want 1 to %d", got, want)
			}
		}
	})
}

func TestInvariant02TheDatabaseItselfKeepsOneOpenAttempt(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, app *testkit.App) {
		o := app.NewOrder(12_400)
		at := app.StartCheckout(o)
		at.ID, at.MerchantTransactionID = payment.AttemptID(id.New("att")), "another-transaction-id"
		err := app.DB.InPaymentTx(t.Context(), func(tx payment.Tx) error { return tx.InsertAttempt(t.Context(), at) })
		if err == nil {
			t.Error("a second open attempt was stored")
		}
	})
}

func TestDueRowsAreClaimedOnce(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, app *testkit.App) {
		const n = 20
		for range n {
			app.StartCheckout(app.NewOrder(12_400))
		}
		app.Advance(3 * time.Minute)
		now := app.Clock.Wall()
		var mu sync.Mutex
		var claimed []string
		var wg sync.WaitGroup
		for range 5 {
			wg.Go(func() {
				for range 4 {
					var due []payment.Claimed
					err := app.DB.InPaymentTx(t.Context(), func(tx payment.Tx) (err error) {
						due, err = tx.ClaimDue(t.Context(), payment.DueAttempts, now, now.Add(time.Minute), 2)
						return err
					})
					if err != nil {
						t.Errorf("claim: %v", err)
					}
					mu.Lock()
					for _, a := range due {
						claimed = append(claimed, a.ID)
					}
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		slices.Sort(claimed)
		if len(slices.Compact(slices.Clone(claimed))) != len(claimed) {
			t.Errorf("claimed twice: %v", claimed)
		}
		if len(claimed) != n {
			t.Errorf("%d claimed, want %d", len(claimed), n)
		}
	})
}

func TestIdempotencyKeys(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, app *testkit.App) {
		ctx, now := t.Context(), app.Clock.Wall()
		key := app.Strings(`SELECT key_id FROM api_key_profiles WHERE profile_id = $1`, string(app.Profile.ID))[0]
		scope := idem.Scope{ProfileID: app.Profile.ID, APIKeyID: key, Method: "POST", Route: "/x", Key: "k"}
		body := []byte("hash-of-body")
		keep := func(lease string) error {
			return app.DB.InPaymentTx(ctx, func(tx payment.Tx) error {
				keeper, ok := tx.(customer.Tx)
				if !ok {
					return errors.New("the units of work are not one")
				}
				return keeper.KeepAnswer(ctx, &idem.Call{Scope: scope, LeaseID: lease, Render: func(any) (idem.Answer, error) {
					return idem.Answer{Status: 201, Sealed: []byte("answer")}, nil
				}}, nil)
			})
		}

		first, err := app.DB.ClaimCall(ctx, scope, body, now)
		if err != nil || first.Kept != nil {
			t.Fatalf("first claim: %+v, %v", first, err)
		}
		if _, err := app.DB.ClaimCall(ctx, scope, body, now); !errors.Is(err, idem.ErrInWork) {
			t.Errorf("twin = %v, want ErrInWork", err)
		}
		if _, err := app.DB.ClaimCall(ctx, scope, []byte("other"), now); !errors.Is(err, idem.ErrReused) {
			t.Errorf("another body = %v, want ErrReused", err)
		}
		second, err := app.DB.ClaimCall(ctx, scope, body, now.Add(idem.Lease+time.Second))
		if err != nil {
			t.Fatalf("claim after the lease: %v", err)
		}
		if err := keep(first.LeaseID); !errors.Is(err, idem.ErrOvertook) {
			t.Errorf("the overtaken call kept an answer: %v", err)
		}
		if err := keep(second.LeaseID); err != nil {
			t.Errorf("keep: %v", err)
		}
		if got, err := app.DB.ClaimCall(ctx, scope, body, now.Add(time.Hour)); err != nil || got.Kept == nil || string(got.Kept.Sealed) != "answer" {
			t.Errorf("replay = %+v, %v", got, err)
		}
		if n, err := app.DB.ForgetCalls(ctx, now.Add(2*time.Minute), 10); err != nil || n != 1 {
			t.Errorf("forgot %d, %v; want 1", n, err)
		}
		if got, err := app.DB.ClaimCall(ctx, scope, []byte("other"), now); err != nil || got.Kept != nil {
			t.Errorf("claim of a forgotten key = %+v, %v", got, err)
		}
	})
}

func TestACallThatBrokeOffGoesOnFromWhereItWas(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, app *testkit.App) {
		ctx, now := t.Context(), app.Clock.Wall()
		key := app.Strings(`SELECT key_id FROM api_key_profiles WHERE profile_id = $1`, string(app.Profile.ID))[0]
		scope := idem.Scope{ProfileID: app.Profile.ID, APIKeyID: key, Method: "POST", Route: "/x", Key: "k"}
		body := []byte("hash-of-body")
		claim := func(at time.Time) idem.Claim {
			t.Helper()
			c, err := app.DB.ClaimCall(ctx, scope, body, at)
			if err != nil {
				t.Fatalf("claim: %v", err)
			}
			return c
		}
		halfway := func(lease string) error {
			return app.DB.KeepAnswer(ctx, (&idem.Call{Scope: scope, LeaseID: lease}).Until(func(made any) string { return fmt.Sprint(made) }), "ord_1")
		}

		lost := claim(now)
		if err := halfway(lost.LeaseID); err != nil {
			t.Fatal(err)
		}
		second := claim(now.Add(idem.Lease + time.Second))
		if second.Point != "ord_1" {
			t.Errorf("after a crash it goes on from %q", second.Point)
		}
		if err := halfway(lost.LeaseID); !errors.Is(err, idem.ErrOvertook) {
			t.Errorf("the overtaken call kept a point: %v", err)
		}
		if err := app.DB.ReleaseCall(ctx, scope, second.LeaseID); err != nil {
			t.Fatal(err)
		}
		if third := claim(now.Add(idem.Lease + 2*time.Second)); third.Point != "ord_1" {
			t.Errorf("after a failure it goes on from %q", third.Point)
		}
		if old := claim(now.Add(idem.Kept + time.Hour)); old.Point != "" {
			t.Errorf("after 30 days it goes on from %q", old.Point)
		}
	})
}

func TestInvariant10FirstDrawnBytesStay(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, app *testkit.App) {
		o := app.NewOrder(12_400)
		at := app.StartCheckout(o)
		app.SubmitCard(at.CheckoutID, testkit.Card{Number: testkit.CardApproved})
		app.Deliver()
		d := app.Overview(o).Documents[0]
		first, err := app.DB.DocumentFile(t.Context(), o.ProfileID, d.ID)
		if err != nil {
			t.Fatal(err)
		}
		kept, err := app.DB.KeepFile(t.Context(), o.ProfileID, d.ID, document.File{SHA256: []byte("x"), Content: []byte("other bytes")}, app.Clock.Wall())
		if err != nil || string(kept.Content) != string(first.Content) {
			t.Errorf("a second drawing replaced the first: %v", err)
		}
	})
}

func TestRevokedLinkOpensNothing(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, app *testkit.App) {
		o := app.NewOrder(12_400)
		if _, err := app.Orders.OpenLink(t.Context(), o.Token); err != nil {
			t.Fatal(err)
		}
		if err := app.Orders.RevokeLinks(t.Context(), actor.TheSystem, o.ProfileID, o.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := app.Orders.OpenLink(t.Context(), o.Token); !errors.Is(err, order.ErrLinkUnknown) {
			t.Errorf("a revoked link opened: %v", err)
		}
		if _, err := app.DB.Overview(t.Context(), order.Link{ProfileID: o.ProfileID, OrderID: o.ID, Version: 1}); !errors.Is(err, order.ErrLinkUnknown) {
			t.Errorf("a session of a revoked link reads on: %v", err)
		}
	})
}

func TestMigrateIsRepeatableAndRefusesANewerSchema(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, app *testkit.App) {
		if err := app.DB.Migrate(t.Context()); err != nil {
			t.Errorf("a second migrate: %v", err)
		}
		app.Exec(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, TRUE)`)
		if err := app.DB.Migrate(t.Context()); !errors.Is(err, store.ErrSchemaNew) {
			t.Errorf("migrate of a newer schema = %v, want ErrSchemaNew", err)
		}
	})
}

func TestSQLiteFileServesOneProcess(t *testing.T) {
	t.Parallel()
	ring, err := secret.Parse(secret.Generate("k"))
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	address := "sqlite:" + t.TempDir() + "/q.db"
	first, err := store.Open(address, ring, log)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.Open(address, ring, log); !errors.Is(err, store.ErrLocked) {
		t.Errorf("a second opener = %v, want ErrLocked", err)
	}
	beside, err := store.OpenBeside(address, ring, log)
	if err != nil {
		t.Fatal(err)
	}
	for name, db := range map[string]*store.DB{"the first": first, "a reader": beside} {
		if err := db.CheckSchema(t.Context()); !errors.Is(err, store.ErrSchemaOld) {
			t.Errorf("%s of an empty database: %v, want ErrSchemaOld", name, err)
		}
	}
	if err := first.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := beside.CheckSchema(t.Context()); err != nil {
		t.Errorf("a reader beside the first sees %v", err)
	}
	pool, _ := beside.SQL()
	if _, err := pool.ExecContext(t.Context(), `DELETE FROM goose_db_version`); err == nil {
		t.Error("a reader wrote")
	}
	if err := beside.Close(); err != nil {
		t.Error(err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := store.Open(address, ring, log)
	if err != nil {
		t.Fatalf("after the first let go: %v", err)
	}
	if err := again.Close(); err != nil {
		t.Error(err)
	}
}

func TestBlockedSourcesAreListedNewestFirst(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, app *testkit.App) {
		start := app.Clock.Wall()
		insert := func(owner profile.ID, source string, after time.Duration) (isNew bool) {
			err := app.DB.InReportsTx(t.Context(), func(tx tamper.ReportsTx) (err error) {
				isNew, err = tx.InsertBlocked(t.Context(), tamper.Seen{ProfileID: owner, Blocked: tamper.Blocked{Page: tamper.Embed, Directive: "script-src", Source: source}, At: start.Add(after)}, start.Add(-time.Hour), 2)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return isNew
		}
		if !insert(app.Profile.ID, "eval", 0) || !insert(app.Profile.ID, "inline", time.Minute) || insert(app.Profile.ID, "blob", time.Minute) || !insert(app.Other.ID, "data", time.Minute) {
			t.Error("want two new sources of a profile, and of the other one too")
		}
		if insert(app.Other.ID, "data", time.Hour) {
			t.Error("a known source was new")
		}
		for _, tt := range []struct {
			owner profile.ID
			after time.Time
			limit int
			want  string
		}{
			{app.Profile.ID, time.Time{}, 9, "inline 1 eval 1 "}, {app.Profile.ID, time.Time{}, 1, "inline 1 "}, {app.Profile.ID, start, 9, "inline 1 "},
			{app.Other.ID, time.Time{}, 9, "data 2 "},
		} {
			all, err := app.DB.BlockedSources(t.Context(), tt.owner, tt.after, tt.limit)
			got := ""
			for _, s := range all {
				got += fmt.Sprintf("%s %d ", s.Source, s.Reports)
			}
			if err != nil || got != tt.want {
				t.Errorf("after %v at most %d: %q, %v; want %q", tt.after, tt.limit, got, err, tt.want)
			}
		}
	})
}

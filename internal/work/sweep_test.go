package work_test

import (
	"testing"
	"time"

	"github.com/quittance/quittance/internal/idem"
	"github.com/quittance/quittance/internal/testkit"
)

// TestASweepForgetsAllThatIsOld has more of it than one transaction deletes: where
// more comes in a minute than goes, a table grows for ever.
func TestASweepForgetsAllThatIsOld(t *testing.T) {
	t.Parallel()
	testkit.OnBoth(t, testkit.Options{}, func(t *testing.T, app *testkit.App) {
		now := app.Clock.Wall()
		for made, many := range map[time.Time]int{now.Add(-idem.Kept - time.Hour): 1200, now: 3} {
			app.Exec(`
INSERT INTO idempotency_keys (profile_id, api_key_id, method, route, key, body_hash, lease_id, lease_until, recovery, created_at)
  WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1)
SELECT $2, k.id, 'POST', '/', CAST($3 AS TEXT) || n.i, $4, '', $5, '', $5 FROM n, (SELECT MIN(id) AS id FROM api_keys) k`,
				many, string(app.Profile.ID), made.Format(time.RFC3339), []byte("hash"), made.UnixMilli())
		}
		app.Sweeper.Sweep(t.Context())
		if left := app.Strings(`SELECT key FROM idempotency_keys`); len(left) != 3 {
			t.Errorf("%d kept answers are left, want the 3 that are not old", len(left))
		}
	})
}

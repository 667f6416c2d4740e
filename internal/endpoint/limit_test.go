package endpoint_test

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/endpoint"
	"github.com/quittance/quittance/internal/testkit"
)

// TestManyCreatedAtOnceAreNoMoreThanTheMost has room for two more, for which eight ask.
func TestManyCreatedAtOnceAreNoMoreThanTheMost(t *testing.T) {
	t.Parallel()
	testkit.OnBoth(t, testkit.Options{}, func(t *testing.T, app *testkit.App) {
		create := func() error {
			_, err := app.Endpoints.Create(t.Context(), actor.TheSystem, app.Profile.ID, endpoint.Details{URL: "https://shop.example/hooks", Types: []string{"*"}}, nil)
			return err
		}
		for range endpoint.Most - 2 {
			if err := create(); err != nil {
				t.Fatal(err)
			}
		}
		var made atomic.Int64
		var wg sync.WaitGroup
		begin := make(chan struct{})
		for range 8 {
			wg.Go(func() {
				<-begin
				switch err := create(); {
				case err == nil:
					made.Add(1)
				case !errors.Is(err, endpoint.ErrTooMany):
					t.Errorf("create: %v", err)
				}
			})
		}
		close(begin)
		wg.Wait()
		if kept := len(app.Strings(`SELECT id FROM webhook_endpoints`)); made.Load() != 2 || kept != endpoint.Most {
			t.Errorf("%d more were made, %d are kept; want 2 and %d", made.Load(), kept, endpoint.Most)
		}
	})
}

package schedule_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/quittance/quittance/internal/money"
	"github.com/quittance/quittance/internal/schedule"
)

func TestTheFirstInstalmentTakesWhatDoesNotDivide(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		balance, n, step int64
		first, rest      int64
	}{
		{10_000, 3, 1, 3334, 3333}, {10_001, 3, 1, 3335, 3333}, {9_900, 3, 1, 3300, 3300}, {100, 1, 1, 100, 0}, {7, 7, 1, 1, 1},
		{100_000, 3, 10, 33_340, 33_330}, // dinars at a gateway of two decimals
	} {
		parts, err := schedule.Split(money.New(tt.balance, money.EUR), tt.n, tt.step)
		if err != nil || int64(len(parts)) != tt.n || parts[0].Minor() != tt.first || (tt.n > 1 && parts[tt.n-1].Minor() != tt.rest) {
			t.Errorf("%d in %d of step %d is %v, %v", tt.balance, tt.n, tt.step, parts, err)
		}
	}
	for _, tt := range [][3]int64{{2, 3, 1}, {100, 0, 1}, {100, 2, 0}, {101, 2, 10}, {20, 3, 10}, {0, 1, 1}, {-100, 2, 1}} {
		if parts, err := schedule.Split(money.New(tt[0], money.EUR), tt[1], tt[2]); err == nil {
			t.Errorf("%v was split into %v", tt, parts)
		}
	}
}

func TestInstalmentsSumToTheBalance(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		step := rapid.SampledFrom([]int64{1, 5, 10, 100}).Draw(t, "step")
		n := rapid.Int64Range(1, 360).Draw(t, "n")
		balance := step * rapid.Int64Range(n, 1e12).Draw(t, "steps")
		parts, err := schedule.Split(money.New(balance, money.KWD), n, step)
		if err != nil {
			t.Fatal(err)
		}
		var sum int64
		for i, p := range parts {
			sum += p.Minor()
			if p.Minor() <= 0 || p.Minor()%step != 0 || p.Currency() != money.KWD || (i > 0 && p != parts[len(parts)-1]) {
				t.Fatalf("part %d is %s", i+1, p)
			}
		}
		if sum != balance || parts[0].Minor()-parts[len(parts)-1].Minor() >= step*n {
			t.Fatalf("%d in %d sums to %d, the first is %s", balance, n, sum, parts[0])
		}
	})
}

package bench

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/quittance/quittance/internal/paging"
	"github.com/quittance/quittance/internal/testkit"
)

// few is how many orders many are compared with.
const few = 1000

// atMostForMany is the aim: what the cost of a page or a call may grow by.
const atMostForMany = 1.25

// bytesPerOrder is what an order takes on disk at most, on either engine while it
// is made: with its lines, link, payment, attempt, transaction, documents and
// indexes.
const bytesPerOrder = 14_000

// manyRows are the same pages and calls over few orders and over many, on both
// engines.
func manyRows(b *testing.B, client *http.Client, many int) []*row {
	b.Helper()
	wantRoom(b, uint64(many)*bytesPerOrder*uint64(len(testkit.Engines)))
	var rows []*row
	var shops []*shop
	for _, engine := range testkit.Engines {
		little, much := openCrowd(b, client, engine, few, 5), openCrowd(b, client, engine, many, 50)
		shops = append(shops, little, much)
		for _, of := range []struct {
			what  string
			round func(*shop) func() time.Duration
		}{
			{"portal page", func(s *shop) func() time.Duration { return s.reading(pagesPerRound/2, s.visitAny()) }},
			{"order get", func(s *shop) func() time.Duration { return s.reading(pagesPerRound/2, s.getAny()) }},
			{"order list", func(s *shop) func() time.Duration { return s.reading(pagesPerRound/8, s.listAny()) }},
			{"checkout create", func(s *shop) func() time.Duration { return s.writing(checkoutsPerRound, s.checkOut) }},
			{"order create", func(s *shop) func() time.Duration { return s.writing(createsPerRound, s.create) }},
			{"order create, then 4 portal pages", func(s *shop) func() time.Duration { return s.writing(createsPerRound, s.createAndVisit()) }},
		} {
			first := &row{name: fmt.Sprintf("%s, %s, %d orders", of.what, engine, few), round: of.round(little)}
			rows = append(rows, first, &row{name: fmt.Sprintf("%s, %s, %d orders", of.what, engine, many), beside: first.name, atMost: atMostForMany,
				round: of.round(much)})
		}
	}
	for _, s := range shops { // now that nothing more is made
		s.lookAround()
	}
	return rows
}

// openCrowd is openShop that says what it takes.
func openCrowd(tb testing.TB, client *http.Client, engine string, n, unpaidEvery int) *shop {
	tb.Helper()
	begun := time.Now()
	s := openShop(tb, client, testkit.Options{Engine: engine}, n, unpaidEvery, (*rounds+1)*(checkoutsPerRound+1))
	fmt.Printf("%d orders, %s: made in %.0f s, %d bytes each\n", n, engine, time.Since(begun).Seconds(), s.size()/int64(n))
	return s
}

// lookAround looks at all that will be looked at, so that none of it comes from
// the disk when it is measured.
func (s *shop) lookAround() {
	s.TB.Helper()
	for i, p := range s.places {
		get(s.TB, s.client, s.paid[i].page, s.paid[i].header)
		s.call("/orders/" + p.Key)
		s.list(p)
	}
	for _, v := range s.unpaid {
		get(s.TB, s.client, v.page, v.header)
	}
}

// reading measures n runs of what only reads. It looks around before when something
// was written since the last time: SQLite's readers forget all that they had read
// when another connection commits, and the aim is for what is warm.
func (s *shop) reading(n int, do func()) func() time.Duration {
	round := each(n, do)
	return func() time.Duration {
		if s.wrote {
			s.lookAround()
			s.wrote = false
		}
		return round()
	}
}

// writing measures n runs of what writes, after one that is not measured: with it
// SQLite's readers forget all that looking around made them read, gigabytes that
// no run of this round asked for.
func (s *shop) writing(n int, do func()) func() time.Duration {
	round := each(n, do)
	return func() time.Duration {
		s.wrote = true
		do()
		return round()
	}
}

// getAny reads an order, drawn at random from the sample, by the API.
func (s *shop) getAny() func() {
	random := rand.New(rand.NewPCG(3, 4))
	return func() { s.call("/orders/" + s.places[random.IntN(len(s.places))].Key) }
}

// listAny reads the page of orders behind one drawn at random from the sample.
func (s *shop) listAny() func() {
	random := rand.New(rand.NewPCG(5, 6))
	return func() { s.list(s.places[random.IntN(len(s.places))]) }
}

func (s *shop) list(behind paging.Place) {
	orders := paging.List{Owner: string(s.Profile.ID), Path: "/api/v1/orders"}
	s.call("/orders?cursor=" + orders.Cursor(behind))
}

// create makes one more order by the API.
func (s *shop) create() {
	s.TB.Helper()
	a := exchange(s.TB, s.client, http.MethodPost, s.URL+"/api/v1/orders/create_single_order",
		http.Header{"Content-Type": {"application/json"}, "Authorization": {"Bearer " + s.Key}}, s.wanted)
	if a.status != http.StatusCreated {
		s.TB.Fatalf("create order: %d\n%s", a.status, a.body)
	}
}

// createAndVisit makes one more order and opens four portals: what a writer costs
// those who read beside it.
func (s *shop) createAndVisit() func() {
	visit := s.visitAny()
	return func() {
		s.create()
		for range 4 {
			visit()
		}
	}
}

// call reads by the API.
func (s *shop) call(path string) []byte {
	s.TB.Helper()
	return get(s.TB, s.client, s.URL+"/api/v1"+path, http.Header{"Authorization": {"Bearer " + s.Key}})
}

// size is what the database takes, in bytes.
func (s *shop) size() int64 {
	s.TB.Helper()
	var n int64
	if path, ok := strings.CutPrefix(s.Database, "sqlite:"); ok {
		file, err := os.Stat(path)
		if err != nil {
			s.TB.Fatal(err)
		}
		return file.Size()
	}
	pool, _ := s.DB.SQL()
	if err := pool.QueryRowContext(s.TB.Context(), `SELECT pg_database_size(current_database())`).Scan(&n); err != nil {
		s.TB.Fatal(err)
	}
	return n
}

// wantRoom fails where the disk has no room for the orders.
func wantRoom(tb testing.TB, want uint64) {
	tb.Helper()
	var fs syscall.Statfs_t
	if err := syscall.Statfs(os.TempDir(), &fs); err != nil {
		tb.Fatal(err)
	}
	if has := fs.Bavail * uint64(fs.Bsize); has < want {
		tb.Fatalf("%s has room for %d GB, the orders want %d: leave them out with -many 0", os.TempDir(), has>>30, want>>30)
	}
}

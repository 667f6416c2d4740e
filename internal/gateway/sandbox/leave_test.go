package sandbox_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"
)

// TestGatewayReturnsForCustomersWhoLeft: of five customers one never tried, one
// came back, one left while the answer was pending, one after paying and one at
// the issuer's page.
func TestGatewayReturnsForCustomersWhoLeft(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	var mu sync.Mutex
	var called []string
	shop := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		q := r.URL.Query()
		called = append(called, r.Method+" "+q.Get("order")+" "+q.Get("id")+" "+q.Get("resourcePath"))
		http.Redirect(w, r, "/elsewhere", http.StatusSeeOther)
	}))
	t.Cleanup(shop.Close)
	submit := func(mtid, number, holder string) reply {
		c := k.checkout(mtid)
		form := values("number", number, "expiry", "12/34", "cvv", "123", "holder", holder, "shopperResultUrl", shop.URL+"/return?order="+mtid)
		if _, err := k.send("POST", "/v1/frame/"+c.ID+"/pay", form, nil); err != nil {
			t.Fatal(err)
		}
		return c
	}
	k.checkout("order-0001")
	back := submit("order-0002", visa, "Ada Example")
	wantCode(t, k.call("GET", "/v1/checkouts/"+back.ID+"/payment"), http.StatusOK, "000.100.110")
	pending, paid := submit("order-0003", visa, "000.200.000"), submit("order-0004", visa, "Ada Example")
	asked := submit("order-0005", visaAsked, "Ada Example")

	k.advance(29*time.Minute - time.Second)
	k.flush()
	if len(called) != 0 {
		t.Fatalf("called %q before 29 minutes", called)
	}
	k.advance(time.Second)
	k.flush()
	k.advance(time.Hour)
	k.flush()

	want := []string{
		"GET order-0003 " + pending.ID + " /v1/checkouts/" + pending.ID + "/payment",
		"GET order-0004 " + paid.ID + " /v1/checkouts/" + paid.ID + "/payment",
		"GET order-0005 " + asked.ID + " /v1/checkouts/" + asked.ID + "/payment",
	}
	slices.Sort(called)
	if !slices.Equal(called, want) {
		t.Errorf("called %q, want %q, each once", called, want)
	}
}

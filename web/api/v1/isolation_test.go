package v1_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"

	ids "github.com/quittance/quittance/internal/id"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/internal/testkit"
)

// TestNoKeyReachesAnotherProfile tries every id that the document's requests have,
// in the path, the query and the body, with what another profile has in its place.
// The answer has to be that to an id which nobody has, and nothing may change.
func TestNoKeyReachesAnotherProfile(t *testing.T) {
	t.Parallel()
	a := start(t)

	own, foreign := a.furnish(t, a.Key, a.Profile.ID), a.furnish(t, a.OtherKey, a.Other.ID)
	before := a.Dump()
	tried := 0
	for _, o := range operations(t) {
		if o.open() {
			continue
		}
		a.hidesProfiles(t, o, own)
		for _, s := range o.specimens(t) {
			for n := range s.ids() {
				tried++
				a.hides(t, o, s, n, own, foreign)
			}
		}
		if diff := cmp.Diff(before, a.Dump()); diff != "" {
			t.Fatalf("%s changed the database with a foreign id (-before +after):\n%s", o.OperationID, diff)
		}
	}
	if tried < 40 {
		t.Errorf("only %d ids were tried", tried)
	}
	all := operations(t)
	slices.SortStableFunc(all, func(x, y operation) int { // what is deleted can be used no more
		switch last := http.MethodDelete; {
		case x.method == last && y.method != last:
			return 1
		case x.method != last && y.method == last:
			return -1
		}
		return 0
	})
	for _, o := range all { // else the ids above would be wrong for another reason
		if o.open() {
			continue
		}
		for _, s := range o.specimens(t) {
			got := a.do(t, s.with(func(_ int, prefix string) string { return own.one[prefix] }).call(o.method))
			if got.status == http.StatusNotFound || got.status >= http.StatusInternalServerError {
				t.Errorf("%s with ids of its own: %d %s", o.OperationID, got.status, got.problem.Code)
			}
			foreign.wantNone(t, o, got)
		}
	}
}

// hides sends a request with its nth id foreign, and with nobody's.
func (a *api) hides(t *testing.T, o operation, s specimen, n int, own, foreign holdings) {
	t.Helper()
	var tried string
	at := func(id func(prefix string) string) call {
		return s.with(func(i int, prefix string) string {
			if i != n {
				return own.one[prefix]
			}
			tried = prefix
			return id(prefix)
		}).call(o.method)
	}
	ask := at(func(prefix string) string { return foreign.one[prefix] })
	if own.one[tried] == "" || foreign.one[tried] == "" {
		t.Fatalf("%s takes an id %s_…, and the profiles of this test have none: let furnish make one", o.OperationID, tried)
	}
	got, nobody := a.do(t, ask), a.do(t, at(func(prefix string) string { return prefix + "_" + strings.Repeat("0", 26) }))
	if got.status != nobody.status || got.body != nobody.body {
		t.Errorf("%s %s %s tells a foreign id from nobody's: %d %s, and %d %s", o.method, ask.path, ask.body, got.status, got.body, nobody.status, nobody.body)
	}
	switch {
	case got.status == http.StatusNotFound && strings.HasSuffix(got.problem.Code, "_not_found"):
	case o.method == http.MethodGet && s.query != "" && got.status == http.StatusOK && strings.Contains(got.body, `"data":[]`):
	case got.status == http.StatusUnprocessableEntity && slices.ContainsFunc(got.problem.Errors, func(e struct{ Pointer, Parameter, Code, Detail string }) bool {
		return strings.HasSuffix(e.Code, "_not_found")
	}):
	default:
		t.Errorf("%s %s %s: %d %s, want 404", o.method, ask.path, ask.body, got.status, got.body)
	}
	foreign.wantNone(t, o, got)
}

// hidesProfiles asks as the other profile, by its id and by its number.
func (a *api) hidesProfiles(t *testing.T, o operation, own holdings) {
	t.Helper()
	if o.parameter("profile_id") == nil {
		t.Errorf("%s takes no profile_id", o.OperationID)
		return
	}
	for _, s := range o.specimens(t) {
		c := s.with(func(_ int, prefix string) string { return own.one[prefix] })
		for foreign, nobody := range map[string]string{string(a.Other.ID): "prf_00000000", "2": "99"} {
			var bodies []string
			for _, id := range []string{foreign, nobody} {
				c.query = "profile_id=" + id
				got := a.do(t, c.call(o.method))
				if got.status != http.StatusNotFound || got.problem.Code != "profile_not_found" {
					t.Errorf("%s as profile %s: %d %s, want 404 profile_not_found", o.OperationID, id, got.status, got.problem.Code)
				}
				bodies = append(bodies, got.body)
			}
			if bodies[0] != bodies[1] {
				t.Errorf("%s tells another profile from nobody's: %s, and %s", o.OperationID, bodies[0], bodies[1])
			}
		}
	}
}

// holdings are the ids that a profile has: one of each kind by its prefix, and all.
type holdings struct {
	one map[string]string
	all []string
}

// wantNone wants an answer without any of these ids.
func (h holdings) wantNone(t *testing.T, o operation, got reply) {
	t.Helper()
	for _, id := range h.all {
		if strings.Contains(got.body, id) {
			t.Errorf("%s tells %s of another profile: %s", o.OperationID, id, got.body)
		}
	}
}

// furnish gives a profile one of everything: an order in instalments that was paid,
// and whatever the requests that make something make as their examples say.
func (a *api) furnish(t *testing.T, key string, id profile.ID) holdings {
	t.Helper()
	buyer := a.customer(t, key)
	course := a.create(t, call{path: "/products", key: key, body: `{"product":{"type":"instalment","name":"Course","currency":"EUR","price":"600","initial_amount":"100","split_number":5,"scheduled_unit":"MONTH","scheduled_interval":1}}`}, "product")
	sold := a.create(t, call{path: "/orders/create_instalment_order", key: key, body: `{"order":{"customer_id":"` + buyer + `","currency":"EUR","order_products":[{"product_id":"` + course + `"}]}}`}, "order")
	a.PayWith(testkit.Order{Order: order.Order{ProfileID: id, ID: order.ID(sold)}}, testkit.Card{Number: testkit.CardApproved})
	h := a.holdings(t, id)
	for _, o := range operations(t) {
		if o.method != http.MethodPost || strings.Contains(o.path, "{") || slices.Contains(o.Tags, "sandbox") {
			continue
		}
		for _, s := range o.specimens(t) {
			c := s.with(func(_ int, prefix string) string { return h.one[prefix] }).call(o.method)
			c.key = key
			if got := a.do(t, c); got.status >= http.StatusInternalServerError {
				t.Fatalf("%s: %d %s", o.OperationID, got.status, got.body)
			}
		}
	}
	a.Exec(`INSERT INTO webhook_deliveries (profile_id, id, endpoint_id, seq, state, attempts, tried, created_at, done_at)
SELECT profile_id, $2, MIN(id), 1, 'failed', 0, '', 1, 1 FROM webhook_endpoints WHERE profile_id = $1 GROUP BY profile_id`, string(id), ids.New("whd"))
	return a.holdings(t, id)
}

// holdings finds them in all tables. Ids begin with the time of their making, so
// the first of a kind is the oldest.
func (a *api) holdings(t *testing.T, id profile.ID) holdings {
	t.Helper()
	h := holdings{one: map[string]string{}}
	for _, table := range a.Strings(`SELECT m.name FROM sqlite_master m WHERE m.type = 'table' AND
		(SELECT COUNT(*) FROM pragma_table_info(m.name) c WHERE c.name IN ('profile_id', 'id')) = 2 ORDER BY m.name`) {
		for _, key := range a.Strings(fmt.Sprintf(`SELECT id FROM %q WHERE profile_id = $1 ORDER BY id`, table), string(id)) {
			if m := anyID.FindStringSubmatch(key); m != nil && m[0] == key {
				h.all = append(h.all, key)
				if h.one[m[1]] == "" {
					h.one[m[1]] = key
				}
			}
		}
	}
	return h
}

func TestEveryIDOfABodyIsInAnExample(t *testing.T) {
	t.Parallel()

	for _, o := range operations(t) {
		if o.RequestBody == nil {
			continue
		}
		all := strings.Join(o.bodies(t), "\n")
		for _, name := range idFields(o.RequestBody.Value.Content.Get("application/json").Schema) {
			if !strings.Contains(all, `"`+name+`":"`) && !strings.Contains(all, `"`+name+`":["`) {
				t.Errorf("%s: no example of its body has %s, so that its isolation is not tested", o.OperationID, name)
			}
		}
	}
}

// idFields are the fields of a body that take ids of ours.
func idFields(ref *openapi3.SchemaRef) []string {
	if ref == nil {
		return nil
	}
	all := idFields(ref.Value.Items)
	for name, p := range ref.Value.Properties {
		if (strings.HasSuffix(name, "_id") && name != "invoice_id" && name != "tax_id") || name == "merge_with" { // those two are numbers of the world outside
			all = append(all, name)
		}
		all = append(all, idFields(p)...)
	}
	return all
}

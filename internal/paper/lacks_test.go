package paper_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/quittance/quittance/internal/document"
	"github.com/quittance/quittance/internal/testkit"
)

// TestLostCharactersAreTold draws a document for a name that no font can write:
// staff are told of it once, however often it is drawn, and so is the log.
func TestLostCharactersAreTold(t *testing.T) {
	t.Parallel()

	testkit.OnBoth(t, testkit.Options{}, func(t *testing.T, app *testkit.App) {
		o, other := app.NewOrder(12_400), app.NewOrder(12_400)
		app.Exec(`UPDATE customers SET family_name = $1 WHERE id = $2`, "𓀀𓂀", string(o.CustomerID))
		app.Pay(o)
		app.Exec(`UPDATE customers SET family_name = $1 WHERE id = $2`, "القاهرة", string(o.CustomerID))
		app.Pay(other)

		var lacking []string
		for _, d := range app.Overview(o).Documents {
			if _, _, err := app.Papers.Document(t.Context(), o.ProfileID, o.ID, d.Kind, d.Number); err != nil {
				t.Fatal(err)
			}
			if _, err := app.DB.KeepFile(t.Context(), o.ProfileID, d.ID, document.File{SHA256: []byte("x"), Content: []byte("drawn again"), Missing: 2}, app.Clock.Wall()); err != nil {
				t.Fatal(err)
			}
			lacking = append(lacking, string(d.ID))
			if !strings.Contains(app.Log.String(), `"number":"`+d.Number+`","characters":2`) {
				t.Errorf("the log says nothing of %s", d.Number)
			}
		}
		slices.Sort(lacking)
		got := app.Strings(`SELECT subject FROM staff_tasks WHERE kind = 'document_lacks_characters' AND order_id = $1 ORDER BY subject`, string(o.ID))
		if len(lacking) == 0 || !slices.Equal(got, lacking) {
			t.Errorf("tasks are about %v, want one about each of %v", got, lacking)
		}
		if got := app.Tasks(other); len(got) != 0 {
			t.Errorf("tasks of a document that has all its characters: %v", got)
		}
	})
}

// TestDocumentsThatCannotBeDrawnKeepNoOtherWaiting has more of them than a sweep looks
// for at a time, all before the one that can.
func TestDocumentsThatCannotBeDrawnKeepNoOtherWaiting(t *testing.T) {
	t.Parallel()

	testkit.OnBoth(t, testkit.Options{}, func(t *testing.T, app *testkit.App) {
		const broken = 120
		o := app.NewOrder(12_400)
		app.PayWith(o, testkit.Card{Number: testkit.CardApproved})
		app.Multiply(o, broken, broken+1)
		app.Exec(`DELETE FROM document_files`)
		app.Exec(`UPDATE documents SET drawn = FALSE`)
		last := app.Strings(`SELECT id FROM documents ORDER BY profile_id DESC, id DESC LIMIT 1`)[0]
		app.Exec(`UPDATE document_snapshots SET content = 'damaged' WHERE document_id <> $1`, last)

		for range 2 {
			if err := app.Papers.SweepUndrawn(t.Context()); err == nil {
				t.Error("the sweep says nothing of those that it cannot draw")
			}
		}

		if got := app.Strings(`SELECT id FROM documents WHERE drawn`); !slices.Equal(got, []string{last}) {
			t.Errorf("drawn are %v, want %s", got, last)
		}
		undrawn := app.Strings(`SELECT id FROM documents WHERE NOT drawn ORDER BY id`)
		if got := app.Strings(`SELECT subject FROM staff_tasks WHERE kind = 'document_not_drawn' ORDER BY subject`); len(got) <= broken || !slices.Equal(got, undrawn) {
			t.Errorf("staff are told of %d documents, want each of %d once", len(got), len(undrawn))
		}
	})
}

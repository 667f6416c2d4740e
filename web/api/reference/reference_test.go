package reference_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	view "github.com/quittance/quittance/templates/reference"
	"github.com/quittance/quittance/web/api/reference"
)

const document = `
openapi: 3.1.0
info:
  title: Shop
  description: |
    First.

    Second, with ` + "`code`" + `, of [a thing](#sold-things), as [elsewhere](https://example.com).

    ## How to buy

    Like this.

    1. [Change](#changeThing) it,
       twice.
    2. Wait.
tags:
  - { name: sold things, description: What was sold. }
  - { name: nothing }
paths:
  /things/{id}:
    put:
      tags: [sold things]
      operationId: changeThing
      summary: Change a thing
      parameters:
        - { name: id, in: path, required: true, schema: { type: string }, example: thg_1 }
        - $ref: "#/components/parameters/Page"
      requestBody:
        content:
          application/json:
            schema:
              type: object
              required: [thing]
              properties:
                thing:
                  type: object
                  properties:
                    tags: { type: array, maxItems: 3, items: { type: object, properties: { name: { type: string, minLength: 1, maxLength: 9 } } } }
            examples:
              its_tags: { value: { thing: { tags: [{ name: it's }], price: "1.50", count: 2, note: null } } }
      responses:
        "200":
          description: Done.
          headers: { Again: { description: If so. } }
          content:
            application/json:
              schema: { type: object, required: [thing], properties: { thing: { $ref: "#/components/schemas/Thing" } } }
              examples: { thing: { $ref: "#/components/examples/Thing" } }
        "422":
          description: Not so.
          content:
            application/problem+json:
              schema:
                allOf:
                  - $ref: "#/components/schemas/Problem"
                  - properties: { code: { const: thing_invalid }, errors: { items: { properties: { code: { enum: [required, too_long] } } } } }
  /open:
    get: { tags: [sold things], operationId: open, summary: Open, security: [], responses: { "200": { description: Yes., content: { text/plain: {} } } } }
webhooks:
  thing.sold:
    post:
      summary: It was sold.
      description: The subject is the thing.
      requestBody: { content: { application/json: { schema: { allOf: [{ $ref: "#/components/schemas/Thing" }, { properties: { data: { propertyNames: { enum: [price, count] } } } }] } } } }
  thing.gone:
    post: { summary: It is gone. }
components:
  parameters:
    Page: { name: page, in: query, description: Which., schema: { type: integer, minimum: 1, maximum: 9 }, example: 2 }
  schemas:
    Thing: { type: object, description: A thing., required: [id], properties: { id: { type: string }, when: { description: Or never., oneOf: [{ type: string, format: date }, { type: "null" }] } } }
    Problem: { type: object }
  examples:
    Thing: { value: { thing: { id: thg_1 } } }
`

func TestDocumentIsReadInItsOwnOrderAndWords(t *testing.T) {
	t.Parallel()

	got, err := reference.Read([]byte(document), "https://shop.example/api")
	if err != nil {
		t.Fatal(err)
	}
	plain := func(text string) view.Text { return view.Text{{Text: text}} }
	want := view.Reference{
		Title: "Shop", About: []view.Topic{
			{About: []view.Text{plain("First."), {{Text: "Second, with "}, {Text: "code", Code: true}, {Text: ", of "}, {Text: "a thing", Link: "#sold-things"}, {Text: ", as [elsewhere](https://example.com)."}}}},
			{ID: "how-to-buy", Name: "How to buy", About: []view.Text{plain("Like this.")}, Steps: []view.Text{{{Text: "Change", Link: "#changeThing"}, {Text: " it,\n   twice."}}, plain("Wait.")}},
		},
		Sections: []view.Section{{ID: "sold-things", Name: "Sold things", About: []view.Text{plain("What was sold.")}, Operations: []view.Operation{{
			ID: "changeThing", Method: "PUT", Path: "/things/{id}", Summary: "Change a thing",
			Parameters: []view.Field{{Name: "id", Place: "path", Kind: "string", Required: true, Example: "thg_1"}, {Name: "page", Place: "query", Kind: "integer, 1 to 9", About: plain("Which."), Example: "2"}},
			Body: []view.Field{{Name: "thing", Kind: "object", Required: true}, {Name: "thing.tags", Kind: "list of object, at most 3"},
				{Name: "thing.tags[].name", Kind: "string, 1 to 9 characters"}},
			BodyExamples: []view.Example{{Name: "its tags", Text: "{\n  \"thing\": {\n    \"tags\": [\n      {\n        \"name\": \"it's\"\n      }\n    ],\n    \"price\": \"1.50\",\n    \"count\": 2,\n    \"note\": null\n  }\n}"}},
			Answers: []view.Answer{{Status: "200", Media: "application/json", About: plain("Done."), Headers: []view.Field{{Name: "Again", About: plain("If so.")}},
				Fields: []view.Field{{Name: "thing", Kind: "object", Object: "Thing", Required: true, About: plain("A thing.")}}, Examples: []view.Example{{Name: "thing", Text: "{\n  \"thing\": {\n    \"id\": \"thg_1\"\n  }\n}"}}}},
			Problems: []view.Problem{{Status: "422", About: plain("Not so."), Codes: []string{"thing_invalid"}, Mistakes: []string{"required", "too_long"}}},
			Command: "curl -X PUT https://shop.example/api/things/thg_1 \\\n  -H \"Authorization: Bearer $API_KEY\" \\\n  -H \"Idempotency-Key: $(uuidgen)\" \\\n  -H \"Content-Type: application/json\" \\\n  " +
				"-d '{\n  \"thing\": {\n    \"tags\": [\n      {\n        \"name\": \"it'\\''s\"\n      }\n    ],\n    \"price\": \"1.50\",\n    \"count\": 2,\n    \"note\": null\n  }\n}'",
		}, {ID: "open", Method: "GET", Path: "/open", Summary: "Open", Answers: []view.Answer{{Status: "200", Media: "text/plain", About: plain("Yes.")}}, Command: "curl https://shop.example/api/open"}}}},
		Events:  []view.Field{{Name: "thing.sold", Kind: "with price, count", About: plain("It was sold. The subject is the thing.")}, {Name: "thing.gone", About: plain("It is gone.")}},
		Objects: []view.Object{{Name: "Thing", About: []view.Text{plain("A thing.")}, Fields: []view.Field{{Name: "id", Kind: "string", Required: true}, {Name: "when", Kind: "string (date) or null", About: plain("Or never.")}}}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestWhatIsNoDocumentIsAnError(t *testing.T) {
	t.Parallel()

	for _, bad := range []string{"", "[1]", "a: [", "text"} {
		if _, err := reference.Read([]byte(bad), ""); err == nil || !strings.Contains(err.Error(), "OpenAPI") {
			t.Errorf("%q: %v, want an error", bad, err)
		}
	}
}

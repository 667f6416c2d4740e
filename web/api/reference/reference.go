// Package reference makes a readable page's content of an OpenAPI document: its
// operations by subject with parameters, bodies, answers, mistakes and a command to
// try them, the types of events, and the objects that they answer. All texts are the document's own.
package reference

import (
	"strings"

	view "github.com/quittance/quittance/templates/reference"
)

// Read reads a document that is served at base, such as
// https://pay.example.com/api/v1.
func Read(document []byte, base string) (view.Reference, error) {
	root, err := parse(document)
	if err != nil {
		return view.Reference{}, err
	}
	r := reader{root: root, base: base}
	v := view.Reference{Title: root.get("info", "title").text(), About: topics(root.get("info", "description").text())}
	for _, tag := range root.get("tags").items() {
		if s := r.section(tag); len(s.Operations) > 0 {
			v.Sections = append(v.Sections, s)
		}
	}
	v.Events, v.Objects = r.events(), r.objects()
	return v, nil
}

type reader struct {
	root node
	base string
}

// section are the operations of a tag, in the document's order.
func (r reader) section(tag node) view.Section {
	name := tag.get("name").text()
	s := view.Section{ID: anchor(name), Name: strings.ToUpper(name[:1]) + name[1:], About: paragraphs(tag.get("description").text())}
	for path, item := range r.root.get("paths").members() {
		for method, op := range item.members() {
			if tags := op.get("tags").texts(); len(tags) > 0 && tags[0] == name {
				s.Operations = append(s.Operations, r.operation(strings.ToUpper(method), path, op))
			}
		}
	}
	return s
}

func (r reader) operation(method, path string, op node) view.Operation {
	o := view.Operation{ID: op.get("operationId").text(), Method: method, Path: path, Summary: op.get("summary").text(), About: paragraphs(op.get("description").text())}
	for _, p := range op.get("parameters").items() {
		o.Parameters = append(o.Parameters, view.Field{Name: p.get("name").text(), Place: p.get("in").text(), Kind: kind(p.get("schema")),
			Required: p.get("required").text() == "true", About: spans(p.get("description").text()), Example: strings.Join(p.get("example").texts(), ",")})
	}
	media := op.get("requestBody", "content", "application/json")
	o.Body, o.BodyExamples = fields("", media.get("schema")), examples(media)
	for status, answer := range op.get("responses").members() {
		if status < "4" {
			o.Answers = append(o.Answers, r.answer(status, answer))
		} else {
			o.Problems = append(o.Problems, problem(status, answer))
		}
	}
	o.Command = r.command(method, path, op, media)
	return o
}

func (r reader) answer(status string, answer node) view.Answer {
	a := view.Answer{Status: status, About: spans(answer.get("description").text())}
	for media, content := range answer.get("content").members() {
		a.Media = media
		a.Fields, a.Examples = fields("", content.get("schema")), examples(content)
	}
	for name, h := range answer.get("headers").members() {
		a.Headers = append(a.Headers, view.Field{Name: name, About: spans(h.get("description").text())})
	}
	return a
}

// events are the document's webhooks, each with the names of its data.
func (r reader) events() []view.Field {
	var all []view.Field
	for name, item := range r.root.get("webhooks").members() {
		post := item.get("post")
		e := view.Field{Name: name, About: spans(strings.TrimSpace(post.get("summary").text() + " " + post.get("description").text()))}
		for _, part := range post.get("requestBody", "content", "application/json", "schema", "allOf").items() {
			if data := part.get("properties", "data", "propertyNames", "enum").texts(); len(data) > 0 {
				e.Kind = "with " + strings.Join(data, ", ")
			}
		}
		all = append(all, e)
	}
	return all
}

// problem tells the codes that a refusal may have, and those of its mistakes.
func problem(status string, answer node) view.Problem {
	p := view.Problem{Status: status, About: spans(answer.get("description").text())}
	for _, part := range answer.get("content", "application/problem+json", "schema", "allOf").items() {
		p.Codes = append(p.Codes, choices(part.get("properties", "code"))...)
		p.Mistakes = append(p.Mistakes, choices(part.get("properties", "errors", "items", "properties", "code"))...)
	}
	return p
}

// choices are the values that a schema allows, where it names them itself.
func choices(schema node) []string {
	return append(schema.own("enum").texts(), schema.own("const").texts()...)
}

// examples are the bodies that a media type shows.
func examples(media node) []view.Example {
	var all []view.Example
	for name, e := range media.get("examples").members() {
		all = append(all, view.Example{Name: strings.ReplaceAll(name, "_", " "), Text: e.get("value").json("  ")})
	}
	return all
}

// command asks for an operation from a shell, as its first example does.
func (r reader) command(method, path string, op, media node) string {
	for _, p := range op.get("parameters").items() {
		if p.get("in").text() == "path" {
			path = strings.Replace(path, "{"+p.get("name").text()+"}", p.get("example").text(), 1)
		}
	}
	line := []string{"curl"}
	if method != "GET" {
		line[0] += " -X " + method
	}
	line[0] += " " + r.base + path
	if !op.own("security").there() {
		line = append(line, `-H "Authorization: Bearer $API_KEY"`)
	}
	if method != "GET" {
		line = append(line, `-H "Idempotency-Key: $(uuidgen)"`)
	}
	for _, e := range media.get("examples").members() {
		line = append(line, `-H "Content-Type: application/json"`, "-d '"+strings.ReplaceAll(e.get("value").json("  "), "'", `'\''`)+"'")
		break
	}
	return strings.Join(line, " \\\n  ")
}

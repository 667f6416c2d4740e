package reference

import (
	"slices"
	"strings"

	view "github.com/quittance/quittance/templates/reference"
)

// fields are those of an object, with the ones inside it behind a point. What has an
// entry of its own among the objects is not taken apart.
func fields(above string, schema node) []view.Field {
	var all []view.Field
	required := schema.get("required").texts()
	for name, s := range schema.get("properties").members() {
		f := view.Field{Name: above + name, Kind: kind(s), Object: object(s), Required: slices.Contains(required, name), About: spans(s.get("description").text())}
		all = append(all, f)
		if f.Object != "" {
			continue
		}
		below := s
		if items := s.get("items"); items.there() {
			below, name = items, name+"[]"
		}
		all = append(all, fields(above+name+".", below)...)
	}
	return all
}

// object is the name of the component that a schema, or each of its items, refers to
// and that has an entry of its own; empty for anything else.
func object(s node) string {
	for _, n := range []node{s, s.get("items")} {
		if name := n.name(); name != "" && listed(name, n) {
			return name
		}
	}
	return ""
}

// listed reports whether a component is an object that answers tell, and neither
// what a request says nor the envelope or page around it.
func listed(name string, schema node) bool {
	if !schema.get("properties").there() {
		return false
	}
	for _, prefix := range []string{"New"} {
		if strings.HasPrefix(name, prefix) {
			return false
		}
	}
	for _, suffix := range []string{"Envelope", "List", "Change", "Advance"} {
		if strings.HasSuffix(name, suffix) {
			return false
		}
	}
	return true
}

// objects are the entries of what answers tell.
func (r reader) objects() []view.Object {
	var all []view.Object
	for name, s := range r.root.get("components", "schemas").members() {
		if listed(name, s) {
			all = append(all, view.Object{Name: name, About: paragraphs(s.get("description").text()), Fields: fields("", s)})
		}
	}
	slices.SortFunc(all, func(a, b view.Object) int { return strings.Compare(a.Name, b.Name) })
	return all
}

// kind says in words what a schema takes.
func kind(s node) string {
	if parts := s.get("allOf").items(); len(parts) == 1 {
		return kind(parts[0])
	}
	for _, key := range []string{"oneOf", "anyOf"} {
		if parts := s.get(key).items(); len(parts) > 0 {
			var kinds []string
			for _, p := range parts {
				kinds = append(kinds, kind(p))
			}
			return strings.Join(kinds, " or ")
		}
	}
	if values := s.get("enum").items(); len(values) > 0 {
		var words []string
		for _, v := range values {
			words = append(words, v.json(""))
		}
		return strings.Join(words, ", ")
	}
	if v := s.get("const"); v.there() {
		return v.json("")
	}
	if items := s.get("items"); items.there() {
		return "list of " + kind(items) + bounds(s, "minItems", "maxItems", "")
	}
	k := strings.Join(s.get("type").texts(), " or ")
	if f := s.get("format").text(); f != "" {
		k += " (" + f + ")"
	}
	return k + bounds(s, "minLength", "maxLength", " characters") + bounds(s, "minimum", "maximum", "")
}

// bounds say how much a schema takes at least and at most.
func bounds(s node, least, most, of string) string {
	from, to := s.get(least).text(), s.get(most).text()
	switch {
	case from == "" && to == "":
		return ""
	case to == "":
		return ", at least " + from + of
	case from == "" || from == "0":
		return ", at most " + to + of
	case from == to:
		return ", " + from + of
	}
	return ", " + from + " to " + to + of
}

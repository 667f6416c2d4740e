package reference

import (
	"bytes"
	"encoding/json"
	"fmt"
	"iter"
	"strings"

	"go.yaml.in/yaml/v3"
)

// node is a value of an OpenAPI document. Reading one leads through its references,
// and keeps the order in which the document tells things. The zero node is absent.
type node struct {
	root, at *yaml.Node
}

func parse(document []byte) (node, error) {
	var d yaml.Node
	if err := yaml.Unmarshal(document, &d); err != nil {
		return node{}, fmt.Errorf("read OpenAPI document: %w", err)
	}
	if len(d.Content) != 1 || d.Content[0].Kind != yaml.MappingNode {
		return node{}, fmt.Errorf("read OpenAPI document: it is no object")
	}
	return node{d.Content[0], d.Content[0]}, nil
}

func (n node) there() bool { return n.at != nil }

// own is a member that n has itself.
func (n node) own(key string) node {
	if n.at != nil && n.at.Kind == yaml.MappingNode {
		for i := 0; i+1 < len(n.at.Content); i += 2 {
			if n.at.Content[i].Value == key {
				return node{n.root, n.at.Content[i+1]}
			}
		}
	}
	return node{}
}

// target is what n refers to, n itself where it is no reference.
func (n node) target() node {
	ref := n.own("$ref")
	if !ref.there() {
		return n
	}
	to := node{n.root, n.root}
	for name := range strings.SplitSeq(strings.TrimPrefix(ref.at.Value, "#/"), "/") {
		to = to.own(name)
	}
	return to.target()
}

// name is the last part of the reference that n is; empty where it is none.
func (n node) name() string {
	ref := n.own("$ref").text()
	return ref[strings.LastIndex(ref, "/")+1:]
}

// get is a member of n, or of what n refers to.
func (n node) get(path ...string) node {
	for _, key := range path {
		if own := n.own(key); own.there() {
			n = own
		} else {
			n = n.target().own(key)
		}
	}
	return n
}

// members are those of an object.
func (n node) members() iter.Seq2[string, node] {
	return func(yield func(string, node) bool) {
		t := n.target()
		if t.at == nil || t.at.Kind != yaml.MappingNode {
			return
		}
		for i := 0; i+1 < len(t.at.Content); i += 2 {
			if !yield(t.at.Content[i].Value, node{t.root, t.at.Content[i+1]}) {
				return
			}
		}
	}
}

// items are those of a list.
func (n node) items() []node {
	t := n.target()
	if t.at == nil || t.at.Kind != yaml.SequenceNode {
		return nil
	}
	var all []node
	for _, item := range t.at.Content {
		all = append(all, node{t.root, item})
	}
	return all
}

// text is a scalar as it is written; empty for anything else.
func (n node) text() string {
	if n.at == nil || n.at.Kind != yaml.ScalarNode {
		return ""
	}
	return n.at.Value
}

// texts are a list's scalars, or the one that n is.
func (n node) texts() []string {
	if text := n.text(); text != "" {
		return []string{text}
	}
	var all []string
	for _, item := range n.items() {
		all = append(all, item.text())
	}
	return all
}

// json writes n in the document's order: on one line where indent is empty.
func (n node) json(indent string) string {
	var b bytes.Buffer
	n.target().write(&b)
	if indent == "" {
		return b.String()
	}
	var wide bytes.Buffer
	if err := json.Indent(&wide, b.Bytes(), "", indent); err != nil {
		return b.String()
	}
	return wide.String()
}

func (n node) write(b *bytes.Buffer) {
	switch n.at.Kind {
	case yaml.MappingNode:
		b.WriteByte('{')
		for i := 0; i+1 < len(n.at.Content); i += 2 {
			if i > 0 {
				b.WriteByte(',')
			}
			quote(b, n.at.Content[i].Value)
			b.WriteByte(':')
			node{n.root, n.at.Content[i+1]}.target().write(b)
		}
		b.WriteByte('}')
	case yaml.SequenceNode:
		b.WriteByte('[')
		for i, item := range n.at.Content {
			if i > 0 {
				b.WriteByte(',')
			}
			node{n.root, item}.target().write(b)
		}
		b.WriteByte(']')
	default:
		if n.at.Tag == "!!str" || n.at.Tag == "!!timestamp" {
			quote(b, n.at.Value)
			return
		}
		b.WriteString(n.at.Value)
	}
}

func quote(b *bytes.Buffer, text string) {
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	_ = e.Encode(text)      // a string always encodes, into memory
	b.Truncate(b.Len() - 1) // its line end
}

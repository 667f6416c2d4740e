package pdf

import (
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
)

var errLayout = errors.New("file is not laid out as gofpdf lays it out")

// finish rewrites an uncompressed file of gofpdf: it compresses the pages,
// puts the embedded fonts in the places of their stand-ins and names the
// language. gofpdf can do the first two itself, but then they cost more than
// all the drawing; the last it cannot do.
func finish(raw []byte, embedded []*face, language string) ([]byte, error) {
	objects, err := readObjects(raw)
	if err != nil {
		return nil, err
	}
	count := len(objects)
	out := &file{offsets: make([]int, count+1, count+1+2*len(embedded))}
	next := count + 1 // number of the first part of a font
	out.b = make([]byte, 0, len(raw)/2+len(embedded)*16<<10)
	out.b = append(out.b, raw[:objects[0].start]...)
	var used []*face
	for _, o := range objects {
		body := raw[o.start:o.end]
		out.offsets[o.number] = len(out.b)
		f := standsFor(body, embedded)
		switch {
		case f != nil:
			out.begin(o.number)
			out.b = f.objects.AppendDict(out.b, next)
			out.end()
			used = append(used, f)
			next += f.objects.Parts()
		case o.number == count:
			out.b = appendCatalog(out.b, body, language)
		default:
			if out.b, err = appendPacked(out.b, body); err != nil {
				return nil, err
			}
		}
	}
	for _, f := range used {
		first := len(out.offsets)
		for i := range f.objects.Parts() {
			out.add()
			if out.b, err = f.objects.AppendPart(out.b, i, first); err != nil {
				return nil, err
			}
			out.end()
		}
	}
	out.trailer(count)
	return out.b, nil
}

// object is a numbered part of gofpdf's file.
type object struct{ number, start, end int }

// readObjects finds the objects by the table at the file's end, in the order
// in which they stand. gofpdf numbers them from 1, the last is the catalog.
func readObjects(raw []byte) ([]object, error) {
	_, tail, ok := bytes.Cut(raw[max(0, len(raw)-64):], []byte("startxref\n"))
	if !ok {
		return nil, errLayout
	}
	digits, _, _ := bytes.Cut(tail, []byte("\n"))
	table, err := strconv.Atoi(string(digits))
	if err != nil || table > len(raw) {
		return nil, errLayout
	}
	head, rows, _ := bytes.Cut(bytes.TrimPrefix(raw[table:], []byte("xref\n0 ")), []byte("\n"))
	size, err := strconv.Atoi(string(head))
	const row = 20 // bytes
	if err != nil || size < 2 || len(rows) < size*row {
		return nil, errLayout
	}
	objects := make([]object, size-1)
	for i := range objects {
		start, err := strconv.Atoi(string(rows[(i+1)*row : (i+1)*row+10]))
		if err != nil || start > table {
			return nil, errLayout
		}
		objects[i] = object{number: i + 1, start: start, end: table}
	}
	slices.SortFunc(objects, func(a, b object) int { return a.start - b.start })
	for i := range objects[1:] {
		objects[i].end = objects[i+1].start
	}
	return objects, nil
}

// standsFor is the face whose stand-in body is, or nil.
func standsFor(body []byte, embedded []*face) *face {
	_, font, ok := bytes.Cut(body, []byte(" 0 obj\n<</Type /Font\n/BaseFont /"))
	if !ok || len(body)-len(font) > 48 { // further on it is text of a page
		return nil
	}
	name, _, _ := bytes.Cut(font, []byte("\n"))
	for _, f := range embedded {
		if f.standIn == string(name) {
			return f
		}
	}
	return nil
}

var catalog = []byte("/Type /Catalog\n")

func appendCatalog(b, body []byte, language string) []byte {
	before, after, ok := bytes.Cut(body, catalog)
	if !ok || !languageTag(language) {
		return append(b, body...)
	}
	b = append(b, before...)
	b = append(b, catalog...)
	b = append(b, "/Lang ("+language+")\n"...)
	return append(b, after...)
}

func languageTag(s string) bool {
	return s != "" && len(s) < 36 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") == ""
}

// packers keeps compressors: a new one costs more than a page's compression.
var packers sync.Pool

func packer() (*zlib.Writer, error) {
	if z, ok := packers.Get().(*zlib.Writer); ok {
		return z, nil
	}
	return zlib.NewWriterLevel(nil, zlib.BestSpeed)
}

var streamEnd = []byte("\nendstream\nendobj\n")

// appendPacked appends an object; if it is a stream without a filter, compressed.
func appendPacked(b, body []byte) ([]byte, error) {
	head, rest, ok := bytes.Cut(body, []byte("<</Length "))
	if !ok || len(head) > 24 {
		return append(b, body...), nil
	}
	length, data, ok := bytes.Cut(rest, []byte(">>\nstream\n"))
	if n, err := strconv.Atoi(string(length)); !ok || err != nil || len(data) != n+len(streamEnd) {
		return append(b, body...), nil // it has a filter already
	}
	b, err := appendStream(append(b, head...), data[:len(data)-len(streamEnd)])
	return append(b, "\nendobj\n"...), err
}

// appendStream appends data as a compressed stream.
func appendStream(b, data []byte) ([]byte, error) {
	var packed bytes.Buffer
	z, err := packer()
	if err != nil {
		return nil, fmt.Errorf("compress: %w", err)
	}
	defer packers.Put(z)
	z.Reset(&packed)
	if _, err := z.Write(data); err != nil {
		return nil, fmt.Errorf("compress: %w", err)
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("compress: %w", err)
	}
	b = append(b, "<</Filter /FlateDecode /Length "...)
	b = strconv.AppendInt(b, int64(packed.Len()), 10)
	b = append(b, ">>\nstream\n"...)
	b = append(b, packed.Bytes()...)
	return append(b, "\nendstream"...), nil
}

// file is one being written.
type file struct {
	b       []byte
	offsets []int // by object number
}

func (f *file) begin(number int) {
	f.b = strconv.AppendInt(f.b, int64(number), 10)
	f.b = append(f.b, " 0 obj\n"...)
}

func (f *file) end() { f.b = append(f.b, "\nendobj\n"...) }

// add begins an object with the next number.
func (f *file) add() int {
	n := len(f.offsets)
	f.offsets = append(f.offsets, len(f.b))
	f.begin(n)
	return n
}

// trailer writes the table of objects and what gofpdf writes after it: the
// catalog was its last object, the properties the one before.
func (f *file) trailer(catalog int) {
	table := len(f.b)
	f.b = fmt.Appendf(f.b, "xref\n0 %d\n0000000000 65535 f \n", len(f.offsets))
	for _, o := range f.offsets[1:] {
		digits := strconv.Itoa(o)
		f.b = append(f.b, "0000000000"[len(digits):]...)
		f.b = append(f.b, digits...)
		f.b = append(f.b, " 00000 n \n"...)
	}
	f.b = fmt.Appendf(f.b, "trailer\n<<\n/Size %d\n/Root %d 0 R\n/Info %d 0 R\n>>\nstartxref\n%d\n%%%%EOF\n",
		len(f.offsets), catalog, catalog-1, table)
}

// Package static holds the files that every page shares: the stylesheet, our
// own scripts and the tab's icon. They are embedded, and each address carries a hash of the content,
// so that browsers may keep a file for ever and still see every change at once.
package static

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"crypto/sha512"
	"embed"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"sync"
)

// Prefix is where Handler is to be mounted, and what every URL begins with.
const Prefix = "/static/"

//go:embed css img js
var files embed.FS

// file is one embedded file, ready to be served.
type file struct {
	url       string
	integrity string
	mediaType string
	plain     []byte
	zipped    []byte // nil when compressing gains nothing
}

// index finds files by the name in this folder and by address.
type index struct {
	byName, byURL map[string]file
}

// loaded reads and compresses the embedded files at their first use. It panics
// when that fails, which no input can cause.
var loaded = sync.OnceValue(func() index {
	ix, err := load(files)
	if err != nil {
		panic(err)
	}
	return ix
})

// URL is the address of a file such as "css/app.css", with its hash in the name.
// It is empty when there is no such file.
func URL(name string) string { return loaded().byName[name].url }

// Integrity is the file's hash for an integrity attribute: "sha384-…". It is
// empty when there is no such file.
func Integrity(name string) string { return loaded().byName[name].integrity }

// Handler answers GET and HEAD below Prefix. A file is served to be kept for a
// year; an address with another hash is 404, never an older or newer file.
func Handler() http.Handler {
	ix := loaded()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
			return
		}
		f, ok := ix.byURL[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		f.serve(w, r)
	})
}

// Pinned answers GET and HEAD with one file at an address of its own, for pages of
// other sites that hold its hash: such an address never gets another content.
func Pinned(name string) http.Handler {
	f := loaded().byName[name]
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Set("Cross-Origin-Resource-Policy", "cross-origin")
		f.serve(w, r)
	})
}

func (f file) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Content-Type", f.mediaType)
	h.Set("X-Content-Type-Options", "nosniff")
	body := f.plain
	if f.zipped != nil {
		h.Set("Vary", "Accept-Encoding")
		if acceptsGzip(r.Header.Get("Accept-Encoding")) {
			h.Set("Content-Encoding", "gzip")
			body = f.zipped
		}
	}
	h.Set("Content-Length", fmt.Sprint(len(body)))
	if r.Method == http.MethodHead {
		return
	}
	_, _ = w.Write(body) // the reader went away; there is nobody left to tell
}

// acceptsGzip reads the header as far as browsers write it: a list of names, of
// which one may be refused by ";q=0".
func acceptsGzip(header string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, q, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.TrimSpace(name) != "gzip" {
			continue
		}
		weight := strings.TrimPrefix(strings.TrimSpace(q), "q=")
		return strings.Trim(weight, "0.") != "" || weight == ""
	}
	return false
}

func load(from fs.FS) (index, error) {
	ix := index{byName: map[string]file{}, byURL: map[string]file{}}
	err := fs.WalkDir(from, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		plain, err := fs.ReadFile(from, name)
		if err != nil {
			return err
		}
		f, err := newFile(name, plain)
		if err != nil {
			return err
		}
		ix.byName[name], ix.byURL[f.url] = f, f
		return nil
	})
	if err != nil {
		return index{}, fmt.Errorf("static: read embedded files: %w", err)
	}
	return ix, nil
}

func newFile(name string, plain []byte) (file, error) {
	short, full := sha256.Sum256(plain), sha512.Sum384(plain)
	ext := path.Ext(name)
	if mediaType(ext) == "" {
		return file{}, fmt.Errorf("%s: no media type for %q", name, ext)
	}
	f := file{
		url:       Prefix + strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(short[:6]) + ext,
		integrity: "sha384-" + base64.StdEncoding.EncodeToString(full[:]),
		mediaType: mediaType(ext),
		plain:     plain,
	}
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return file{}, err
	}
	if _, err := z.Write(plain); err != nil {
		return file{}, err
	}
	if err := z.Close(); err != nil {
		return file{}, err
	}
	if b.Len() < len(plain)*9/10 {
		f.zipped = b.Bytes()
	}
	return f, nil
}

// mediaType does not ask the machine it runs on, whose tables differ. load
// refuses what it does not know.
func mediaType(ext string) string {
	switch ext {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	}
	return ""
}

package store

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
)

// sqliteFiles are migrations as SQLite is to read them: what they say in the
// comment /*WITHOUT ROWID*/ holds.
type sqliteFiles struct{ fs.FS }

// Open implements fs.FS.
func (f sqliteFiles) Open(name string) (fs.File, error) {
	file, err := f.FS.Open(name)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err != nil || info.IsDir() {
		return file, err
	}
	text, err := io.ReadAll(file)
	if err != nil {
		return nil, fmt.Errorf("read migration %s: %w", name, err)
	}
	return sqliteFile{file, bytes.NewReader(bytes.ReplaceAll(text, []byte("/*WITHOUT ROWID*/"), []byte("WITHOUT ROWID")))}, nil
}

type sqliteFile struct {
	fs.File
	text *bytes.Reader
}

// Read implements fs.File.
func (f sqliteFile) Read(p []byte) (int, error) { return f.text.Read(p) }

package pdf

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
	"regexp"
	"testing"
)

func TestFinishedFile(t *testing.T) {
	t.Parallel()

	for name, draw := range documents() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			var raw, finished bytes.Buffer
			if _, err := draw(&raw, options{typeface: notoSans}); err != nil {
				t.Fatal(err)
			}
			if _, err := draw(&finished, defaults); err != nil {
				t.Fatal(err)
			}

			objects, err := readObjects(finished.Bytes())
			if err != nil {
				t.Fatal(err)
			}
			for _, o := range objects {
				body := finished.Bytes()[o.start:o.end]
				if want := fmt.Sprintf("%d 0 obj\n", o.number); !bytes.HasPrefix(body, []byte(want)) {
					t.Errorf("object %d begins %.20q, want %q", o.number, body, want)
				}
				if !bytes.HasSuffix(body, []byte("\nendobj\n")) {
					t.Errorf("object %d has no end", o.number)
				}
			}
			if bytes.Contains(finished.Bytes(), []byte("StandIn")) {
				t.Error("a stand-in is left in the file")
			}
			if got, want := positions(inflate(t, finished.Bytes())), positions(raw.Bytes()); got != want {
				t.Errorf("finished pages = %s\nwant %s", got, want)
			}
		})
	}
}

func TestLanguageIsNamed(t *testing.T) {
	t.Parallel()

	tests := map[string]string{
		"de-AT":             "/Lang (de-AT)",
		"":                  "",
		") /OpenAction (no": "",
	}
	for language, want := range tests {
		t.Run(language, func(t *testing.T) {
			t.Parallel()

			r := receiptEN(1)
			r.Language = language
			var out bytes.Buffer
			if _, err := WriteReceipt(&out, r); err != nil {
				t.Fatal(err)
			}
			if got := regexp.MustCompile(`/Lang .*`).FindString(out.String()); got != want {
				t.Errorf("language %q gives %q, want %q", language, got, want)
			}
		})
	}
}

func TestReadObjectsRefusesOtherFiles(t *testing.T) {
	t.Parallel()

	for _, raw := range []string{"", "startxref\n", "startxref\n99\n", "startxref\n0\n", "xref\n0 5\nstartxref\n0\n"} {
		if _, err := readObjects([]byte(raw)); err == nil {
			t.Errorf("readObjects(%q) = nil error", raw)
		}
	}
}

var packed = regexp.MustCompile(`(?s)<</Filter /FlateDecode /Length \d+>>\nstream\n`)

// inflate unpacks the page streams of a file, in place.
func inflate(t *testing.T, file []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	for {
		at := packed.FindIndex(file)
		if at == nil {
			out.Write(file)
			return out.Bytes()
		}
		out.Write(file[:at[1]])
		source := bytes.NewReader(file[at[1]:])
		z, err := zlib.NewReader(source)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(&out, z); err != nil {
			t.Fatal(err)
		}
		file = file[len(file)-source.Len():]
	}
}

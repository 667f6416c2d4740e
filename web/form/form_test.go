package form_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/quittance/quittance/web/form"
)

func TestRead(t *testing.T) {
	t.Parallel()

	const urlencoded = "application/x-www-form-urlencoded"
	for name, tt := range map[string]struct {
		media, body string
		want        error
	}{
		"a form":        {urlencoded + "; charset=utf-8", "box=1&name=Ada&name=Eve", nil},
		"empty":         {urlencoded, "", nil},
		"JSON":          {"application/json", `{"box":"1"}`, form.ErrMalformed},
		"no media type": {"", "box=1", form.ErrMalformed},
		"bad escape":    {urlencoded, "box=%zz", form.ErrMalformed},
		"too large":     {urlencoded, "box=" + strings.Repeat("1", form.MaxBytes), form.ErrTooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/?box=1&query=1", strings.NewReader(tt.body))
			r.Header.Set("Content-Type", tt.media)
			if _, err := form.Read(httptest.NewRecorder(), r); !errors.Is(err, tt.want) {
				t.Errorf("Read = %v, want %v", err, tt.want)
			}
		})
	}
}

func TestReadTwiceAndNeverTheQuery(t *testing.T) {
	t.Parallel()

	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/?other=1", strings.NewReader("box=1&name=Ada&off=0"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	for range 2 {
		f, err := form.Read(w, r)
		if err != nil {
			t.Fatal(err)
		}
		if !f.Checked("box") || f.Checked("off") || f.Checked("other") || f.Value("name") != "Ada" || f.Value("other") != "" {
			t.Errorf("form = %+v", f)
		}
	}
}

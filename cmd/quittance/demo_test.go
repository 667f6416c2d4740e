package main

import (
	"bufio"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

var linked = regexp.MustCompile(`<dt><a href="([^"]+)">([^<]+)</a>`)

func TestDemoListsAnOrderForEachSituation(t *testing.T) {
	t.Parallel()
	demo := command(t, nil, "demo", "--json", "--listen", "127.0.0.1:0")
	out, err := demo.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := demo.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = demo.Process.Signal(syscall.SIGTERM)
		_ = demo.Wait()
	}()
	first, err := bufio.NewReader(out).ReadBytes('\n')
	if err != nil {
		t.Fatal(err)
	}
	var ready struct {
		BaseURL string `json:"base_url"`
	}
	if err := json.Unmarshal(first, &ready); err != nil {
		t.Fatal(err)
	}
	read := func(address string) (int, string) {
		jar, err := cookiejar.New(nil)
		if err != nil {
			t.Fatal(err)
		}
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := (&http.Client{Jar: jar}).Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = resp.Body.Close() }()
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode, string(body)
	}

	var page string
	eventually(t, "every situation is made", func() bool {
		_, page = read(ready.BaseURL + "/")
		return !strings.Contains(page, `role="status"`)
	})

	if strings.Contains(page, `role="alert"`) {
		t.Errorf("a situation could not be made:\n%s", page[strings.Index(page, `role="alert"`):])
	}
	links := linked.FindAllStringSubmatch(page, -1)
	if len(links) < 44 {
		t.Errorf("%d situations, want one for each type and state", len(links))
	}
	for _, l := range links {
		if status, body := read(l[1]); status != http.StatusOK || !strings.Contains(body, "Harbour Bicycle Club") {
			t.Errorf("%s: its link answers %d", l[2], status)
		}
	}
}

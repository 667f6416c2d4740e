//go:build linux

package crashtest

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"
)

// create makes something over the API.
func (v *visitor) create(ctx context.Context, path, key string, in, out any) error {
	a, err := v.call(ctx, http.MethodPost, path, key, in)
	if err != nil {
		return err
	}
	if a.status != http.StatusCreated {
		return fmt.Errorf("POST %s: %d %s", path, a.status, a.body)
	}
	return json.Unmarshal(a.body, out)
}

// read reads something over the API.
func (v *visitor) read(ctx context.Context, path string, out any) error {
	a, err := v.call(ctx, http.MethodGet, path, "", nil)
	if err != nil {
		return err
	}
	if a.status != http.StatusOK {
		return fmt.Errorf("GET %s: %d %s", route(path), a.status, a.body)
	}
	return json.Unmarshal(a.body, out)
}

// unfinished are the codes of answers that say to ask again with the same key: the
// process that worked at it may be dead, and its lease must run out.
var unfinished = []string{"idempotency_key_in_work", "idempotency_key_overtaken"}

// call calls the API until it is answered for good: done, or refused by name.
func (v *visitor) call(ctx context.Context, method, path, key string, in any) (answer, error) {
	var body []byte
	if in != nil {
		var err error
		if body, err = json.Marshal(in); err != nil {
			return answer{}, err
		}
	}
	header := map[string]string{"Authorization": "Bearer " + v.fleet.apiKey}
	if key != "" {
		header["Idempotency-Key"] = key
	}
	var a answer
	var said struct{ Code string }
	err := eventually(ctx, 50*time.Millisecond, func() (bool, error) {
		var err error
		if a, err = v.send(ctx, method, "/api/v1/"+path, "application/json", header, body); err != nil || a.status >= 500 {
			return false, err
		}
		said.Code = ""
		if a.status >= 400 {
			err = json.Unmarshal(a.body, &said)
		}
		return !slices.Contains(unfinished, said.Code), err
	})
	switch {
	case err != nil:
		return a, fmt.Errorf("%w (last: %d %s)", err, a.status, a.body)
	case a.status >= 300 && a.status != http.StatusConflict:
		return a, fmt.Errorf("%s %s: %d %s", method, route(path), a.status, a.body)
	}
	return a, nil
}

package browser_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// longest is how long a journey may take before it counts as lost.
const longest = 2 * time.Minute

// asks are what a journey may want the test to do meanwhile, by name.
type asks map[string]func() any

// line is one line that a journey writes; see kit.mjs.
type line struct {
	Step, Shot, Ask, Failed string
	Done                    json.RawMessage
}

// journey runs the script of a name to its end and reads its result into result,
// which may be nil.
func journey(t *testing.T, name string, input map[string]any, may asks, result any) {
	t.Helper()
	have := need(t)
	all := map[string]any{"chromium": have.chromium, "shots": shots(t), "folder": t.TempDir(), "name": strings.ReplaceAll(strings.TrimPrefix(t.Name(), "Test"), "/", "-")}
	maps.Copy(all, input)
	given, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), longest)
	defer cancel()
	cmd := exec.CommandContext(ctx, have.node, name+".mjs", string(given))
	cmd.Env = cleanEnv()
	var said strings.Builder
	cmd.Stderr = &said
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	done, talkErr := talk(t, out, in, may)
	err = cmd.Wait()
	switch {
	case talkErr != nil:
		t.Fatalf("journey %s: %v", name, talkErr)
	case err != nil || done == nil:
		t.Fatalf("journey %s: %v %v\n%s", name, err, ctx.Err(), said.String())
	case result != nil:
		if err := json.Unmarshal(done, result); err != nil {
			t.Fatalf("journey %s: its result: %v", name, err)
		}
	}
}

// talk follows a journey and does what it asks for.
func talk(t *testing.T, from io.Reader, to io.Writer, may asks) (done json.RawMessage, err error) {
	t.Helper()
	lines := bufio.NewScanner(from)
	lines.Buffer(nil, 1<<20)
	start := time.Now()
	for lines.Scan() {
		var l line
		if err := json.Unmarshal(lines.Bytes(), &l); err != nil {
			return nil, fmt.Errorf("it wrote %q: %w", lines.Text(), err)
		}
		switch {
		case l.Step != "":
			t.Logf("%4.1f s  %s", time.Since(start).Seconds(), l.Step)
		case l.Shot != "":
			t.Logf("picture %s", l.Shot)
		case l.Failed != "":
			err = fmt.Errorf("%s", l.Failed)
		case l.Done != nil:
			done = l.Done
		case may[l.Ask] == nil:
			return nil, fmt.Errorf("it asked for %q, which this test does not do", l.Ask)
		default:
			if err := json.NewEncoder(to).Encode(may[l.Ask]()); err != nil {
				return nil, fmt.Errorf("answer %s: %w", l.Ask, err)
			}
		}
	}
	if err == nil {
		err = lines.Err()
	}
	return done, err
}

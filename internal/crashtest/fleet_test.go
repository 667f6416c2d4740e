//go:build linux

package crashtest

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/quittance/quittance/internal/app"
	"github.com/quittance/quittance/internal/gateway/sandbox"
	"github.com/quittance/quittance/internal/secret"
	"github.com/quittance/quittance/internal/testkit"
)

// fleet is the system under test: its processes, their database, the gateway.
type fleet struct {
	binary, dir string
	engine      string
	database    string
	baseURL     string
	secretKey   string
	profileID   string
	apiKey      string
	gateway     *bank
	merchant    *merchant
	members     []*member
	servers     []string // addresses of those that serve
	hunter      *hunter

	mu      sync.Mutex
	skew    time.Duration
	runs    []*run
	logs    int
	passing chan time.Duration // closed and replaced when time has passed
	leapt   time.Duration
}

const channel = "crash-channel"

// newFleet prepares a database with a profile and starts the gateway; none of our
// processes runs yet.
func newFleet(t *testing.T, binary, engine string, seed uint64) *fleet {
	t.Helper()
	f := &fleet{binary: binary, engine: engine, dir: t.TempDir(), secretKey: secret.Generate("crash"), passing: make(chan time.Duration), merchant: newMerchant(t)}
	if *keep != "" {
		f.dir = filepath.Join(*keep, fmt.Sprintf("%s-%d", engine, seed))
		if err := os.MkdirAll(f.dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	f.database = "sqlite:" + filepath.Join(f.dir, "quittance.db")
	places := []*member{{name: "serve", command: "serve"}}
	if engine == "postgres" {
		f.database = testkit.Database(t, engine)
		places = []*member{{name: "serve-1", command: "serve"}, {name: "serve-2", command: "serve"}, {name: "worker", command: "worker"}}
	}
	for _, m := range places {
		m.fleet, m.address = f, address(t)
		f.members = append(f.members, m)
		if m.command == "serve" {
			f.servers = append(f.servers, m.address)
		}
	}
	f.baseURL = "http://" + f.share(t)
	gatewayAddress := address(t)
	entity := f.seed(t, "http://"+gatewayAddress)
	f.gateway = startGateway(t, binary, f.dir, gatewayAddress, seed, entity)
	return f
}

func address(t *testing.T) string {
	t.Helper()
	a, err := freeAddress()
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// seed makes the profile and its key with the program's own commands.
func (f *fleet) seed(t *testing.T, gatewayURL string) sandbox.Entity {
	t.Helper()
	webhookKey := strings.Repeat("42", 32)
	token := "token-of-" + channel
	p := app.DemoProfile()
	file := app.ProfileFile{Mode: p.Mode, Name: p.Name, Locale: p.Locale, TimeZone: p.TimeZone, Details: p.Details,
		GatewayAccount: &app.AccountFile{Driver: "opp", EntityID: channel, APIBase: gatewayURL, PublicBase: gatewayURL, TestMode: "EXTERNAL",
			TokenFile: "token", WebhookKeyFile: "webhook-key"}}
	text, err := json.Marshal(file)
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{"token": token, "webhook-key": webhookKey, "profile.json": string(text)} {
		if err := os.WriteFile(filepath.Join(f.dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	said := f.command(t, "profile", "apply", filepath.Join(f.dir, "profile.json"))
	f.profileID = regexp.MustCompile(`profile (\S+)`).FindStringSubmatch(said)[1]
	hook := regexp.MustCompile(`notifications go to (\S+)`).FindStringSubmatch(said)[1]
	f.apiKey = strings.Fields(f.command(t, "key", "create", f.profileID))[1]
	if _, err := hex.DecodeString(webhookKey); err != nil {
		t.Fatal(err)
	}
	return sandbox.Entity{EntityID: channel, Token: token, WebhookKey: webhookKey, WebhookURL: hook, Body: sandbox.BodyJSON}
}

// command runs one of the program's commands to its end.
func (f *fleet) command(t *testing.T, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), f.binary, args...)
	cmd.Env = append(os.Environ(), f.environment()...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("quittance %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return regexp.MustCompile(`(?m)^\{.*\n`).ReplaceAllString(string(out), "") // without log lines
}

func (f *fleet) environment() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return []string{
		"QUITTANCE_DATABASE=" + f.database, "QUITTANCE_BASE_URL=" + f.baseURL, "QUITTANCE_SECRET_KEY=" + f.secretKey,
		"QUITTANCE_LOG_LEVEL=debug", "QUITTANCE_LOG_FORMAT=json", "QUITTANCE_POLL=100ms", "QUITTANCE_SWEEP_EVERY=300ms",
		"QUITTANCE_WEBHOOK_ALLOW=127.0.0.0/8",
		"QUITTANCE_CLOCK_SKEW=" + f.skew.String(),
	}
}

// start starts every process and waits until all work.
func (f *fleet) start(ctx context.Context) error {
	for _, m := range f.members {
		if err := m.start(); err != nil {
			return err
		}
	}
	for _, m := range f.members {
		if err := m.ready(ctx); err != nil {
			return err
		}
	}
	return nil
}

// stop ends every process as an operator would.
func (f *fleet) stop() error {
	for _, m := range f.members {
		if err := m.stop(); err != nil {
			return err
		}
	}
	return nil
}

// end kills what still runs, for a test that is over.
func (f *fleet) end() {
	for _, m := range f.members {
		if r := m.current(); r != nil {
			r.kill()
			<-r.read
		}
	}
}

// advance moves the gateway's clock, and ours for processes started from now on.
func (f *fleet) advance(ctx context.Context, by time.Duration) error {
	if err := f.gateway.advance(ctx, by); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.skew += by
	return nil
}

// passed wakes those who wait for time to pass.
func (f *fleet) passed(by time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.leapt += by
	close(f.passing)
	f.passing = make(chan time.Duration)
}

// sleep waits until at least d has passed on both clocks by leaps.
func (f *fleet) sleep(ctx context.Context, d time.Duration) error {
	f.mu.Lock()
	until := f.leapt + d
	f.mu.Unlock()
	for {
		f.mu.Lock()
		over, next := f.leapt >= until, f.passing
		f.mu.Unlock()
		if over {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-next:
		}
	}
}

// logFile is where a new life of a member writes to.
func (f *fleet) logFile(name string) (io.WriteCloser, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.logs++
	return os.Create(filepath.Join(f.dir, fmt.Sprintf("%04d-%s.log", f.logs, name)))
}

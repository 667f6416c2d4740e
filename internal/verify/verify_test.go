package verify_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/quittance/quittance/internal/verify"
)

// TestTreeHoldsTheRules is the check of make verify, so that go test says it too.
func TestTreeHoldsTheRules(t *testing.T) {
	t.Parallel()

	violations, err := verify.Check(root(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range violations {
		t.Error(v)
	}
}

// badImports breaks every rule of the table at least once: a file that does not
// belong, and what the checker has to say of it.
var badImports = []struct {
	rule, file, imports, says string
}{
	{"cmd", "cmd/quittance/zz.go", "internal/store", "may not import"},
	{"cmd", "cmd/quittance/zz.go", "web", "may not import"},
	{"config", "internal/config/zz.go", "internal/order", "may not import"},
	{"leaves", "internal/money/zz.go", "internal/order", "may not import"},
	{"leaves", "internal/gateway/zz.go", "internal/payment", "may not import"},
	{"leaves", "internal/gateway/zz.go", "internal/gateway/opp", "may not import"},
	{"leaves", "internal/i18n/zz.go", "github.com/labstack/echo/v4", "may not import"},
	{"gateway sandbox", "internal/gateway/sandbox/zz.go", "internal/gateway", "may not import"},
	{"gateway sandbox", "internal/gateway/sandbox/zz.go", "internal/order", "may not import"},
	{"gateway sandbox", "internal/gateway/sandbox/widget/zz.go", "web", "may not import"},
	{"gateway drivers", "internal/gateway/opp/zz.go", "internal/payment", "may not import"},
	{"gateway drivers", "internal/gateway/opp/zz.go", "internal/gateway/sandbox", "may not import"},
	{"domain: internal/profile", "internal/profile/zz.go", "internal/customer", "may not import"},
	{"domain: internal/user", "internal/user/zz.go", "internal/customer", "may not import"},
	{"domain: internal/customer", "internal/customer/zz.go", "internal/catalog", "may not import"},
	{"domain: internal/catalog", "internal/catalog/zz.go", "internal/order", "may not import"},
	{"domain: internal/order", "internal/order/zz.go", "internal/payment", "may not import"},
	{"domain: internal/order", "internal/order/zz.go", "github.com/labstack/echo/v4/middleware", "may not import"},
	{"domain: internal/order", "internal/order/zz.go", "internal/store", "may not import"},
	{"domain: internal/order", "internal/order/zz.go", "templates/ui", "may not import"},
	{"domain: internal/schedule", "internal/schedule/zz.go", "internal/payment", "may not import"},
	{"demo's shop", "internal/shop/zz.go", "internal/order", "may not import"},
	{"demo's outbox", "internal/outbox/zz.go", "internal/mail", "may not import"},
	{"domain: internal/mail", "internal/mail/zz.go", "internal/document", "may not import"},
	{"domain: internal/endpoint", "internal/endpoint/zz.go", "internal/payment", "may not import"},
	{"domain: internal/document", "internal/document/zz.go", "pdf", "may not import"},
	{"domain: internal/document", "internal/document/zz.go", "internal/payment", "may not import"},
	{"domain: internal/tamper", "internal/tamper/zz.go", "web/page", "may not import"},
	{"domain: internal/payment", "internal/payment/zz.go", "database/sql", "may not import"},
	{"domain: internal/payment", "internal/payment/zz.go", "internal/gateway/opp", "may not import"},
	{"domain: internal/collect", "internal/collect/zz.go", "internal/bankdebit", "may not import"},
	{"domain: internal/bankdebit", "internal/bankdebit/zz.go", "github.com/a-h/templ", "may not import"},
	{"paper", "internal/paper/zz.go", "internal/store", "may not import"},
	{"notify", "internal/notify/zz.go", "templates/portal", "may not import"},
	{"webhooks", "internal/webhooks/zz.go", "internal/notify", "may not import"},
	{"work", "internal/work/zz.go", "internal/store", "may not import"},
	{"store", "internal/store/zz.go", "internal/work", "may not import"},
	{"store", "internal/store/zz.go", "web", "may not import"},
	{"web", "web/zz.go", "internal/store", "may not import"},
	{"web", "web/portal/zz.go", "internal/work", "may not import"},
	{"web", "web/api/v1/zz.go", "database/sql", "may not import"},
	{"web", "web/checkout/zz.go", "internal/gateway/opp", "may not import"},
	{"templates", "templates/portal/zz.go", "internal/money", "may not import"},
	{"static", "static/zz.go", "internal/fault", "may not import"},
	{"pdf", "pdf/zz.go", "internal/document", "may not import"},
	{"tools", "internal/tools/testrun/zz.go", "internal/store", "may not import"},
	{"verify", "internal/verify/zz.go", "internal/testkit/pg", "may not import"},
	{"layout", "internal/billing/zz.go", "internal/order", "no rule knows"},
}

func TestBadImportIsRefused(t *testing.T) {
	t.Parallel()

	tree := copyTree(t)
	for _, tt := range badImports {
		t.Run(tt.file+" imports "+tt.imports, func(t *testing.T) {
			imported := tt.imports
			if !strings.Contains(imported, ".") && imported != "database/sql" {
				imported = verify.Module + "/" + imported
			}
			wantRefused(t, tree, tt.file, "package zz\n\nimport _ \""+imported+"\"\n", tt.rule, tt.says)
		})
	}
}

func TestEveryRuleIsBroken(t *testing.T) {
	t.Parallel()

	free := map[string]bool{"app": true, "testkit": true, "crash test and benchmarks": true} // may import everything
	for _, rule := range verify.Rules {
		broken := free[rule.Name]
		for _, tt := range badImports {
			broken = broken || tt.rule == rule.Name
		}
		if !broken {
			t.Errorf("no bad import tries the rule %q", rule.Name)
		}
	}
}

func TestEnvironmentIsReadByConfigOnly(t *testing.T) {
	t.Parallel()

	tree := copyTree(t)
	reads := map[string]string{
		"plain":   "package zz\n\nimport \"os\"\n\nvar _ = os.Getenv(\"HOME\")\n",
		"lookup":  "package zz\n\nimport \"os\"\n\nvar _, _ = os.LookupEnv(\"HOME\")\n",
		"renamed": "package zz\n\nimport sys \"os\"\n\nvar _ = sys.Environ()\n",
		"syscall": "package zz\n\nimport \"syscall\"\n\nvar _, _ = syscall.Getenv(\"HOME\")\n",
	}
	for name, source := range reads {
		t.Run(name, func(t *testing.T) {
			wantRefused(t, tree, "internal/app/zz.go", source, "app", "may not read the environment")
			wantAccepted(t, tree, "internal/config/zz.go", source)
			wantAccepted(t, tree, "internal/app/zz_test.go", source)
		})
	}
}

func TestGoodImportIsAccepted(t *testing.T) {
	t.Parallel()

	tree := copyTree(t)
	good := map[string]string{
		"internal/app/zz.go":            "internal/store",
		"internal/document/zz.go":       "internal/order",
		"internal/payment/zz.go":        "internal/gateway",
		"internal/order/rules/zz.go":    "internal/order",
		"internal/order/zz_test.go":     "internal/testkit",
		"internal/notify/zz.go":         "templates/mail",
		"internal/paper/zz.go":          "pdf",
		"templates/portal/zz.go":        "templates/ui",
		"web/portal/zz.go":              "web/session",
		"internal/gateway/opp/zz.go":    "internal/gateway",
		"internal/gateway/stripe/zz.go": "internal/money",
	}
	for file, imported := range good {
		t.Run(file, func(t *testing.T) {
			wantAccepted(t, tree, file, "package zz\n\nimport _ \""+verify.Module+"/"+imported+"\"\n")
		})
	}
}

func TestTopLevelIsTheOwners(t *testing.T) {
	t.Parallel()

	tree := copyTree(t)
	for file, wantRefusal := range map[string]bool{
		"docs/guide.md":  true,
		"Dockerfile":     true,
		"pkg/x/x.go":     true,
		".dockerignore":  false,
		".ci/other":      false,
		"web/notes.md":   false,
		"bin/quittance":  false, // ignored by git
		"tmp/scratch.go": false,
	} {
		t.Run(file, func(t *testing.T) {
			if wantRefusal {
				entry, _, _ := strings.Cut(file, "/")
				write(t, tree, file, "package x\n")
				wantViolation(t, tree, entry, "top level", "only cmd web")
			} else {
				wantAccepted(t, tree, file, "package x\n")
			}
		})
	}
}

// wantRefused adds the file, expects it to be named with the rule, and takes it away.
func wantRefused(t *testing.T, tree, file, source, rule, says string) {
	t.Helper()
	write(t, tree, file, source)
	wantViolation(t, tree, file, rule, says)
}

func wantViolation(t *testing.T, tree, file, rule, says string) {
	t.Helper()
	violations, err := verify.Check(tree)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range violations {
		if v.File == file && v.Rule == rule && strings.Contains(v.Says, says) && strings.HasPrefix(v.String(), file+": "+rule+": ") {
			return
		}
	}
	t.Errorf("violations = %v, want %s: %s: …%s…", violations, file, rule, says)
}

func wantAccepted(t *testing.T, tree, file, source string) {
	t.Helper()
	write(t, tree, file, source)
	violations, err := verify.Check(tree)
	if err != nil {
		t.Fatal(err)
	}
	entry, _, _ := strings.Cut(file, "/")
	for _, v := range violations {
		if v.File == file || v.File == entry {
			t.Errorf("%s, want none", v)
		}
	}
}

// write adds a file that the test's end takes away.
func write(t *testing.T, tree, file, source string) {
	t.Helper()
	path := filepath.Join(tree, filepath.FromSlash(file))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.Remove(path); err != nil {
			t.Error(err)
		}
	})
}

// copyTree copies what the checker reads to a repository of its own: the Go
// sources, the ignore rules and the files of the top level.
func copyTree(t *testing.T) string {
	t.Helper()
	from, to := root(t), t.TempDir()
	for _, file := range git(t, from, "ls-files", "-z", "--cached", "--others", "--exclude-standard") {
		if strings.Contains(file, "/") && !strings.HasSuffix(file, ".go") {
			continue
		}
		content, err := os.ReadFile(filepath.Join(from, file))
		if os.IsNotExist(err) {
			continue // deleted, and not yet committed
		}
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(to, file)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	git(t, to, "init", "--quiet")
	return to
}

// git runs a command of git and splits what it prints at NUL.
func git(t *testing.T, dir string, args ...string) []string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "git", args...)
	cmd.Dir = dir
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("git %s: %v: %s", strings.Join(args, " "), err, complaint.String())
	}
	return strings.FieldsFunc(string(out), func(r rune) bool { return r == 0 })
}

// root is the repository that this test belongs to.
func root(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

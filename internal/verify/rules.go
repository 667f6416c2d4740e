package verify

import "slices"

// Module is the import path of this module.
const Module = "github.com/quittance/quittance"

// TopLevel is what the root of the repository may hold, beside dot files.
var TopLevel = []string{
	"cmd", "web", "templates", "static", "internal", "pdf", "go.mod", "go.sum", "Makefile", "README.md",
}

// Rule says what the packages of some folders may import. A pattern is a folder
// of this module or an import path from outside; ending in /... it means all
// below it as well.
type Rule struct {
	Name  string   // said with every violation
	Dirs  []string // the packages that the rule binds
	May   []string // packages of this module, beside those of Dirs' own trees
	Never []string // packages from outside
	Env   bool     // may read the environment
}

// Layers of the module. A package may import what its rule names, so directions
// stay: a later layer knows the earlier ones, never the other way about.
var (
	leaves = []string{
		"internal/money", "internal/clock", "internal/id", "internal/fault", "internal/actor", "internal/event",
		"internal/i18n", "internal/jobs", "internal/secret", "internal/idem", "internal/paging", "internal/rows", "internal/gateway",
	}
	// domain packages in their order: each may import the ones before it.
	domain = []string{
		"internal/profile", "internal/user", "internal/customer", "internal/catalog", "internal/order", "internal/schedule", "internal/mail", "internal/endpoint",
		"internal/document", "internal/payment", "internal/collect", "internal/bankdebit", "internal/tamper",
	}
	inner = slices.Concat(leaves, trees(domain...)) // what everything around the domain may know

	everything = []string{"..."}
	nothing    = []string{}

	echo     = "github.com/labstack/echo/v4/..."
	templ    = "github.com/a-h/templ/..."
	database = "database/sql"
)

// Rules is the import table of the module: the first rule whose Dirs match a
// package binds it, and a package that none matches has no place. Test files are
// free of it, but for the rules of their own packages' cycles, which Go holds.
var Rules = slices.Concat(
	[]Rule{
		{Name: "cmd", Dirs: trees("cmd"), May: []string{"internal/app", "internal/config"}},
		{Name: "app", Dirs: trees("internal/app"), May: everything},
		{Name: "config", Dirs: trees("internal/config"), May: leaves, Never: []string{echo, templ, database}, Env: true},

		{Name: "leaves", Dirs: leaves, May: leaves, Never: []string{echo, templ, database}},
		{Name: "demo's shop", Dirs: trees("internal/shop"), May: nothing, Never: []string{echo, templ, database}},
		{Name: "demo's outbox", Dirs: trees("internal/outbox"), May: nothing, Never: []string{echo, database}},
		{Name: "gateway sandbox", Dirs: trees("internal/gateway/sandbox"), May: []string{"internal/money"}},
		{Name: "gateway drivers", Dirs: trees("internal/gateway"), May: []string{"internal/gateway", "internal/money", "internal/id"},
			Never: []string{echo, templ, database}},
	},
	domainRules(),
	[]Rule{
		{Name: "paper", Dirs: trees("internal/paper"), May: slices.Concat(inner, trees("pdf")), Never: []string{echo, templ, database}},
		{Name: "notify", Dirs: trees("internal/notify"), May: slices.Concat(inner, trees("internal/paper", "templates/mail")),
			Never: []string{echo, database}},
		{Name: "webhooks", Dirs: trees("internal/webhooks"), May: inner, Never: []string{echo, templ, database}},
		{Name: "work", Dirs: trees("internal/work"),
			May: slices.Concat(inner, trees("internal/paper", "internal/notify", "internal/webhooks")), Never: []string{echo, templ}},
		{Name: "store", Dirs: trees("internal/store"), May: inner, Never: []string{echo, templ}},

		{Name: "web", Dirs: trees("web"), May: slices.Concat(inner, trees("internal/paper", "templates", "static")), Never: []string{database}},
		{Name: "templates", Dirs: trees("templates"), May: []string{"static"}, Never: []string{echo, database}},
		{Name: "static", Dirs: trees("static"), May: nothing, Never: []string{echo, templ, database}},
		{Name: "pdf", Dirs: trees("pdf"), May: nothing, Never: []string{echo, templ, database}},

		{Name: "testkit", Dirs: trees("internal/testkit"), May: everything, Env: true},
		{Name: "crash test and benchmarks", Dirs: trees("internal/crashtest", "internal/bench"), May: everything, Env: true},
		{Name: "tools", Dirs: trees("internal/tools"), May: trees("internal/testkit"), Env: true},
		{Name: "verify", Dirs: trees("internal/verify"), May: nothing},
	},
)

// domainRules gives each domain package the leaves and the domain packages
// before it.
func domainRules() []Rule {
	var rules []Rule
	for i, dir := range domain {
		rules = append(rules, Rule{
			Name:  "domain: " + dir,
			Dirs:  trees(dir),
			May:   slices.Concat(leaves, trees(domain[:i]...)),
			Never: []string{echo, templ, database},
		})
	}
	return rules
}

// trees is the pattern of each folder with all below it.
func trees(dirs ...string) []string {
	patterns := make([]string, 0, len(dirs))
	for _, dir := range dirs {
		patterns = append(patterns, dir+"/...")
	}
	return patterns
}

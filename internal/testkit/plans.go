package testkit

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/quittance/quittance/internal/store"
)

// Plans collects the statements that an application runs, and tells which of them
// read a table from end to end.
type Plans struct {
	mu         sync.Mutex
	watching   bool
	statements map[string][]any // arguments of a statement's first run
}

// Through is what to open the database through; Watch begins the collection.
func (p *Plans) Through() store.Through {
	return WatchSQL(func(query string, args []driver.NamedValue) {
		p.mu.Lock()
		defer p.mu.Unlock()
		if _, known := p.statements[query]; known || !p.watching || !planned.MatchString(query) {
			return
		}
		values := make([]any, len(args))
		for i, a := range args {
			values[i] = a.Value
		}
		p.statements[query] = values
	})
}

// planned are statements that read or write tables.
var planned = regexp.MustCompile(`(?is)^\s*(--[^\n]*\n\s*)*(SELECT|INSERT|UPDATE|DELETE|WITH)\b`)

// Watch collects from now on, or stops it.
func (p *Plans) Watch(on bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.statements == nil {
		p.statements = map[string][]any{}
	}
	p.watching = on
}

// Len is how many different statements were collected.
func (p *Plans) Len() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.statements)
}

// Scan is a statement that reads more of a table than it was asked for.
type Scan struct {
	Query string
	Steps []string // of its plan, those that are wrong
}

// Querier is a connection or a transaction.
type Querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// Scans asks the engine how it would run each collected statement, and returns
// those with a step that reads a whole table, index or profile. On SQLite, which
// plans alike whatever there is, a list's page that is sorted is wrong too. On
// PostgreSQL the connection should prefer every other plan, see PreferIndexes.
func (p *Plans) Scans(ctx context.Context, q Querier, engine string) ([]Scan, error) {
	p.mu.Lock()
	statements := maps.Clone(p.statements)
	p.mu.Unlock()
	explain := sqliteSteps
	if engine == "postgres" {
		explain = postgresSteps
	}
	var scans []Scan
	for _, query := range slices.Sorted(maps.Keys(statements)) {
		steps, err := explain(ctx, q, query, statements[query])
		if err != nil {
			return nil, fmt.Errorf("explain %s: %w", query, err)
		}
		if len(steps) > 0 {
			scans = append(scans, Scan{query, steps})
		}
	}
	return scans, nil
}

// PreferIndexes makes PostgreSQL scan or hash only where no index serves, which
// over the small tables of a test it would rather do than not.
const PreferIndexes = `SET enable_seqscan = off; SET enable_bitmapscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_material = off`

// limited are statements that stop by themselves: a list's page.
var limited = regexp.MustCompile(`(?i)\bLIMIT\b`)

// equals are the columns that a statement compares with a value, or with another table's.
var equals = regexp.MustCompile(`(?i)(?:\b(\w+)\.)?\b(\w+) (?:=|>=|<>|IN|LIKE) (?:\(?[$'?]|\w+\.)`)

// leavesOut reports whether a statement's list of a table, named so or by its
// alias, wants more of a row than its profile: SQLite does not tell what it
// leaves out while it reads an index.
func leavesOut(query, table string) bool {
	for _, m := range equals.FindAllStringSubmatch(query, -1) {
		if (m[1] == "" || m[1] == table) && m[2] != "profile_id" {
			return true
		}
	}
	return false
}

var (
	sqliteScan   = regexp.MustCompile(`^SCAN (\S+)`)
	sqliteSearch = regexp.MustCompile(`^SEARCH (\S+) USING .*\(profile_id=\?\)$`)
	sqliteMade   = regexp.MustCompile(`^(?:CO-ROUTINE|MATERIALIZE) (\S+)`)
)

func sqliteSteps(ctx context.Context, q Querier, query string, args []any) ([]string, error) {
	rows, err := q.QueryContext(ctx, `EXPLAIN QUERY PLAN `+query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var wrong []string
	made := map[string]bool{"CONSTANT": true, "json_each": true} // rows that are no table's
	for rows.Next() {
		var node, parent, unused int
		var step string
		if err := rows.Scan(&node, &parent, &unused, &step); err != nil {
			return nil, err
		}
		if m := sqliteMade.FindStringSubmatch(step); m != nil {
			made[m[1]] = true
		}
		scan, search := sqliteScan.FindStringSubmatch(step), sqliteSearch.FindStringSubmatch(step)
		switch {
		case scan != nil && !made[scan[1]] && !strings.Contains(step, "CONSTANT ROW"),
			search != nil && (!limited.MatchString(query) || leavesOut(query, search[1])),
			limited.MatchString(query) && strings.HasPrefix(step, "USE TEMP B-TREE FOR") && strings.HasSuffix(step, "ORDER BY"):
			wrong = append(wrong, step)
		}
	}
	return wrong, rows.Err()
}

// postgresNode is one step of a plan, as EXPLAIN writes it.
type postgresNode struct {
	Type   string         `json:"Node Type"`
	Table  string         `json:"Relation Name"`
	Index  string         `json:"Index Name"`
	Cond   string         `json:"Index Cond"`
	Filter string         `json:"Filter"`
	Plans  []postgresNode `json:"Plans"`
}

func postgresSteps(ctx context.Context, q Querier, query string, args []any) ([]string, error) {
	rows, err := q.QueryContext(ctx, `EXPLAIN (FORMAT JSON) `+query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var text string
	for rows.Next() {
		if err := rows.Scan(&text); err != nil {
			return nil, err
		}
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	var plans []struct{ Plan postgresNode }
	if err := json.Unmarshal([]byte(text), &plans); err != nil {
		return nil, err
	}
	var wrong []string
	for _, p := range plans {
		p.Plan.each(false, func(n postgresNode, isLimited bool) {
			if n.scans(isLimited) {
				wrong = append(wrong, strings.TrimSpace(fmt.Sprintf("%s %s %s %s %s", n.Type, n.Table, n.Index, n.Cond, n.Filter)))
			}
		})
	}
	return wrong, nil
}

func (n postgresNode) each(isLimited bool, visit func(postgresNode, bool)) {
	switch n.Type {
	case "Limit":
		isLimited = true
	case "Sort", "Incremental Sort":
		isLimited = false // it wants all rows before it has a first one
	}
	visit(n, isLimited)
	for _, below := range n.Plans {
		below.each(isLimited, visit)
	}
}

var compared = regexp.MustCompile(`\((\w+) (?:=|<|>|<=|>=|IS) `)

// scans reports whether a step reads what its index conditions do not narrow
// down below a profile. A list that a limit ends may read a profile's index in
// order, unless it leaves rows out on the way.
func (n postgresNode) scans(isLimited bool) bool {
	switch n.Type {
	case "Seq Scan":
		return true
	case "Index Scan", "Index Only Scan":
		for _, m := range compared.FindAllStringSubmatch(n.Cond, -1) {
			if m[1] != "profile_id" {
				return false
			}
		}
		return n.Cond == "" || !isLimited || n.Filter != ""
	}
	return false
}

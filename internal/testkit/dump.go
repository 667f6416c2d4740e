package testkit

import (
	"fmt"
	"strings"
)

// Dump is every row of every table, to see whether anything changed; SQLite only.
func (a *App) Dump() string {
	a.TB.Helper()
	var b strings.Builder
	for _, table := range a.Strings(`SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name`) {
		a.dumpTable(&b, table)
	}
	if b.Len() == 0 {
		a.TB.Fatal("the dump is empty")
	}
	return b.String()
}

func (a *App) dumpTable(b *strings.Builder, table string) {
	a.TB.Helper()
	pool, _ := a.DB.SQL()
	rows, err := pool.QueryContext(a.TB.Context(), `SELECT * FROM "`+table+`"`)
	if err != nil {
		a.TB.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	columns, err := rows.Columns()
	if err != nil {
		a.TB.Fatal(err)
	}
	for rows.Next() {
		row, cells := make([]any, len(columns)), make([]any, len(columns))
		for i := range row {
			row[i] = &cells[i]
		}
		if err := rows.Scan(row...); err != nil {
			a.TB.Fatal(err)
		}
		fmt.Fprintf(b, "%s: %v\n", table, cells)
	}
	if err := rows.Err(); err != nil {
		a.TB.Fatal(err)
	}
}

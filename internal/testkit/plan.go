package testkit

import (
	"fmt"
	"strings"
	"testing"
)

// Plan is how an engine says that it runs a statement, a line for each step.
func Plan(tb testing.TB, q Querier, engine, query string, args []any) string {
	tb.Helper()
	explain := "EXPLAIN QUERY PLAN "
	if engine == "postgres" {
		explain = "EXPLAIN "
	}
	rows, err := q.QueryContext(tb.Context(), explain+query, args...)
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	columns, err := rows.Columns()
	if err != nil {
		tb.Fatal(err)
	}
	var plan strings.Builder
	for rows.Next() {
		row, cells := make([]any, len(columns)), make([]any, len(columns))
		for i := range row {
			row[i] = &cells[i]
		}
		if err := rows.Scan(row...); err != nil {
			tb.Fatal(err)
		}
		fmt.Fprintln(&plan, cells[len(cells)-1])
	}
	if err := rows.Err(); err != nil {
		tb.Fatal(err)
	}
	return plan.String()
}

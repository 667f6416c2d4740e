package store

import (
	"database/sql/driver"
	"fmt"
	"time"

	"github.com/quittance/quittance/internal/money"
)

// instant is a column of milliseconds; NULL is the zero time.
type instant struct{ t *time.Time }

// at scans an instant into t.
func at(t *time.Time) instant { return instant{t} }

// Scan implements sql.Scanner.
func (i instant) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*i.t = time.Time{}
	case int64:
		*i.t = time.UnixMilli(v).UTC()
	default:
		return fmt.Errorf("store: an instant of type %T", src)
	}
	return nil
}

// ms is an instant on its way into a column; the zero time is NULL.
func ms(t time.Time) driver.Value {
	if t.IsZero() {
		return nil
	}
	return t.UnixMilli()
}

// amountColumns scans an amount from its two columns; use minor and code as
// destinations and value afterwards.
type amountColumns struct {
	minor int64
	code  string
}

func (a amountColumns) value() (money.Amount, error) { return money.FromDB(a.minor, a.code) }

// null is NULL for the empty text.
func null[S ~string](s S) driver.Value {
	if s == "" {
		return nil
	}
	return string(s)
}

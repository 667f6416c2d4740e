package sandbox

import (
	"context"
	"database/sql"
	"fmt"
)

// noteReturn keeps where a submitted card is to lead its customer, so that the
// gateway can go there itself when the customer never does.
func noteReturn(ctx context.Context, tx *sql.Tx, o checkout, target string) error {
	if target == "" {
		target = o.ShopperResultURL
	}
	if _, err := tx.ExecContext(ctx, `UPDATE checkouts SET return_to = $1 WHERE id = $2`, target, o.ID); err != nil {
		return fmt.Errorf("note where the customer returns to: %w", err)
	}
	return nil
}

package v1

import (
	"context"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/quittance/quittance/internal/catalog"
	"github.com/quittance/quittance/internal/collect"
	"github.com/quittance/quittance/internal/idem"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/paging"
	"github.com/quittance/quittance/internal/schedule"
)

// maxMerged is how many scheduled payments an order can have.
const maxMerged = 360

type scheduledEnvelope struct {
	Scheduled scheduledAnswer `json:"scheduled_payment"`
}

type scheduledAnswer struct {
	ID          string  `json:"id"`
	OrderID     string  `json:"order_id"`
	Position    int64   `json:"position"`
	Origin      string  `json:"origin"`
	Status      string  `json:"status"`
	Date        string  `json:"date"` // the day in the profile's zone
	Currency    string  `json:"currency"`
	Amount      string  `json:"amount"`
	Description string  `json:"description"`
	CollectAt   *string `json:"collect_at"` // null while nothing happens by itself
	Tries       int64   `json:"tries"`
	DeclinedAt  *string `json:"declined_at"` // null when it was not declined since it was last given a date
	Refusal     *string `json:"refusal"`     // null unless a rule forbids a further try
	MergedInto  *string `json:"merged_into"`
	SettledAt   *string `json:"settled_at"` // null until it is collected
	CreatedAt   string  `json:"created_at"`
}

// listScheduled is GET /orders/:id/scheduled_payments.
func (h *handlers) listScheduled(c echo.Context, by caller, q *query) error {
	if !order.ValidID(c.Param("id")) {
		return order.ErrNotFound
	}
	return showList(c, by, q, func(ctx context.Context, w paging.Window) (paging.Page[schedule.Payment], error) {
		return h.Collect.ScheduledOf(ctx, by.profileID, order.ID(c.Param("id")), w)
	}, describeScheduled)
}

// showScheduled is GET /scheduled_payments/:id.
func (h *handlers) showScheduled(c echo.Context, by caller) error {
	if !schedule.ValidID(c.Param("id")) {
		return schedule.ErrNotFound
	}
	p, err := h.Collect.Scheduled(c.Request().Context(), by.profileID, schedule.ID(c.Param("id")))
	if err != nil {
		return err
	}
	return show(c, scheduledEnvelope{describeScheduled(p)})
}

// changeScheduled is PUT /scheduled_payments/:id.
func (h *handlers) changeScheduled(c echo.Context, by caller) error {
	if !schedule.ValidID(c.Param("id")) {
		return schedule.ErrNotFound
	}
	return h.write(c, by, func(ctx context.Context, body value, call *idem.Call) (any, error) {
		in, err := readScheduledChange(body)
		if err != nil {
			return nil, err
		}
		return h.Collect.Change(ctx, by.actor(), by.profileID, schedule.ID(c.Param("id")), in, call)
	})
}

// requestPayment is POST /orders/:id/payments.
func (h *handlers) requestPayment(c echo.Context, by caller) error {
	if !order.ValidID(c.Param("id")) {
		return order.ErrNotFound
	}
	return h.write(c, by, func(ctx context.Context, body value, call *idem.Call) (any, error) {
		var r reader
		var in collect.Request
		r.envelope(body, "scheduled_payment", fields{"amount": r.decimal(&in.Amount), "date": r.text(&in.Date), "description": r.text(&in.Description)}, "amount")
		if err := r.err(); err != nil {
			return nil, err
		}
		return h.Collect.Request(ctx, by.actor(), by.profileID, order.ID(c.Param("id")), in, call)
	})
}

func readScheduledChange(body value) (collect.Change, error) {
	var r reader
	var in collect.Change
	var status, unit, action string
	r.change(body, "scheduled_payment", fields{
		"status":             r.filled(&status),
		"date":               r.filled(&in.Date),
		"amount":             r.decimal(&in.Amount),
		"scheduled_unit":     r.filled(&unit),
		"scheduled_interval": optional(r.integer, &in.Interval),
		"merge_with": func(v value, at string) {
			r.list(func(v value, at string) {
				var id string
				r.filled(&id)(v, at)
				in.MergeWith = append(in.MergeWith, schedule.ID(id))
			})(v, at)
			switch n := len(v.items); {
			case v.kind == list && n == 0:
				r.note(at, "required", "This is required.")
			case n > maxMerged:
				r.note(at, "too_many", "Use at most "+strconv.Itoa(maxMerged)+".")
			}
		},
		"action": r.filled(&action),
	})
	in.Status, in.Unit, in.Action = schedule.Status(status), catalog.Unit(unit), schedule.Command(action)
	return in, r.err()
}

func describeScheduled(p schedule.Payment) scheduledAnswer {
	return scheduledAnswer{ID: string(p.ID), OrderID: string(p.OrderID), Position: p.Position, Origin: string(p.Origin), Status: string(p.Status), Date: p.DueOn,
		Currency: p.Amount.Currency().Code(), Amount: p.Amount.Decimal(), Description: p.Description, CollectAt: moment(p.CollectAt), Tries: p.Tries,
		DeclinedAt: moment(p.DeclinedAt), Refusal: told(string(p.Refusal)), MergedInto: told(string(p.MergedInto)), SettledAt: moment(p.SettledAt), CreatedAt: timestamp(p.CreatedAt)}
}

// filled fills to from a string that is not empty.
func (r *reader) filled(to *string) field {
	return func(v value, at string) {
		if r.text(to)(v, at); v.kind == text && v.text == "" {
			r.note(at, "required", "This is required.")
		}
	}
}

// moment is a time that may not have come, told a text that may be empty: null then.
func moment(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	text := timestamp(t)
	return &text
}

func told(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

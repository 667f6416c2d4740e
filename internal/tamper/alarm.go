package tamper

import (
	"context"
	"time"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/event"
	"github.com/quittance/quittance/internal/id"
	"github.com/quittance/quittance/internal/mail"
	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/internal/profile"
)

// alarm is what a merchant must hear of by a task for staff and an event, and whoever
// runs the installation by a mail.
type alarm struct {
	task    payment.TaskKind
	subject string // of the task
	event   string
	data    map[string]any
	mail    mail.About
}

// tell raises an alarm in the transaction that found its reason, at the profile's
// billing time and at wall time.
func tell(ctx context.Context, tx Tx, profileID profile.ID, a alarm, billing, wall time.Time) error {
	if err := tx.InsertTask(ctx, payment.Task{ID: id.New("tsk"), ProfileID: profileID, Kind: a.task, Subject: a.subject, CreatedAt: billing}); err != nil {
		return err
	}
	if err := tx.Record(ctx, event.Event{ProfileID: profileID, Type: a.event, Subject: string(profileID), By: actor.TheSystem, At: billing, Data: a.data}); err != nil {
		return err
	}
	return mail.TellOperator(ctx, tx, profileID, a.mail, wall)
}

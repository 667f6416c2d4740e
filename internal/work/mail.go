package work

import (
	"context"
	"time"

	"github.com/riverqueue/river"

	"github.com/quittance/quittance/internal/mail"
	"github.com/quittance/quittance/internal/notify"
)

// sender sends mail. A mail server may take its time; one that is given up too
// soon has perhaps taken the mail and gets it again.
type sender struct {
	river.WorkerDefaults[mail.Send]

	letters *notify.Service
}

// Timeout is how long one mail may take; it is shorter than mail.Lease.
func (sender) Timeout(*river.Job[mail.Send]) time.Duration { return 2 * time.Minute }

// Work makes one attempt.
func (s sender) Work(ctx context.Context, j *river.Job[mail.Send]) error {
	return s.letters.Send(ctx, j.Args.ProfileID, j.Args.MailID)
}

package work

import (
	"github.com/riverqueue/river"

	"github.com/quittance/quittance/internal/jobs"
	"github.com/quittance/quittance/internal/mail"
	"github.com/quittance/quittance/internal/payment"
)

// Queues beside the default one: neither a slow mail server nor a day with
// thousands of charges may keep a customer's payment waiting.
const (
	queueMail    = "mail"
	queueCharges = "charges"
)

func queueOf(args jobs.Args) string {
	switch args.(type) {
	case mail.Send:
		return queueMail
	case payment.Charge:
		return queueCharges
	}
	return river.QueueDefault
}

// chargesPerWorker is how many charges go on at once for each worker: nearly all
// of their time is the gateway's.
const chargesPerWorker = 4

func queues(workers int) map[string]river.QueueConfig {
	return map[string]river.QueueConfig{
		river.QueueDefault: {MaxWorkers: workers},
		queueMail:          {MaxWorkers: workers},
		queueCharges:       {MaxWorkers: chargesPerWorker * workers},
	}
}

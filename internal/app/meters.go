package app

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/quittance/quittance/internal/clock"
	"github.com/quittance/quittance/internal/store"
)

// meters are the numbers that an operator watches, beside those of requests,
// which package web measures. None has a label that a stranger could fill.
type meters struct {
	events, payments, notifications *prometheus.CounterVec
	drawn                           prometheus.Counter
	jobs, sweeps                    *prometheus.HistogramVec
}

// outcomes of payments, counted from zero, so that a first decline is a rise.
var outcomes = []string{"approved", "declined", "pending", "held", "surplus", "surplus_returned", "return_failed", "disputed"}

// newMeters registers the meters, and the backlog that is counted at each scrape.
func newMeters(registry *prometheus.Registry, db *store.DB, c clock.Clock, log *slog.Logger) *meters {
	took := func(name, help, what string) *prometheus.HistogramVec {
		return prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: name, Help: help,
			Buckets: []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 20}}, []string{what, "outcome"})
	}
	counted := func(name, help, by string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, []string{by})
	}
	m := &meters{
		events:        counted("quittance_events_total", "Events that were committed, by type: order.created, document.issued and so on.", "type"),
		payments:      counted("quittance_payments_total", "What became of payments at the gateway, as booked.", "outcome"),
		notifications: counted("quittance_notifications_total", "Gateway notifications: received is each new one, the other states are where it ended.", "state"),
		drawn:         prometheus.NewCounter(prometheus.CounterOpts{Name: "quittance_documents_drawn_total", Help: "Issued documents drawn as PDF and kept."}),
		jobs:          took("quittance_job_duration_seconds", "Time that a job took, by kind; outcome is done or failed. A failed one is tried again.", "kind"),
		sweeps:        took("quittance_sweep_duration_seconds", "Time that a sweep for due rows took, by what it looks for; outcome is done or failed.", "sweep"),
	}
	for _, o := range outcomes {
		m.payments.WithLabelValues(o)
	}
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		m.events, m.payments, m.notifications, m.drawn, m.jobs, m.sweeps, backlog{db, c, log})
	return m
}

// committed is the store's meter.
func (m *meters) committed(what store.Measured, kind string) {
	switch what {
	case store.MeasuredEvent:
		m.events.WithLabelValues(kind).Inc()
		if outcome, ok := strings.CutPrefix(kind, "payment."); ok && slices.Contains(outcomes, outcome) {
			m.payments.WithLabelValues(outcome).Inc()
		}
	case store.MeasuredNotification:
		m.notifications.WithLabelValues(kind).Inc()
	case store.MeasuredDrawing:
		m.drawn.Inc()
	}
}

// observe writes durations into one of the histograms.
func observe(h *prometheus.HistogramVec) func(kind string, took time.Duration, done bool) {
	return func(kind string, took time.Duration, done bool) {
		outcome := "done"
		if !done {
			outcome = "failed"
		}
		h.WithLabelValues(kind, outcome).Observe(took.Seconds())
	}
}

// backlog counts what is still to be done, in the database, when it is asked.
type backlog struct {
	db    *store.DB
	clock clock.Clock
	log   *slog.Logger
}

var (
	dueRows   = prometheus.NewDesc("quittance_due", "Rows whose time has come and that nobody has taken up: attempts, notifications, mails, scheduled payments, webhook endpoints to be sent to, documents to draw.", []string{"what"}, nil)
	dueOldest = prometheus.NewDesc("quittance_due_oldest_seconds", "How long the oldest of these rows has been due.", []string{"what"}, nil)
	jobRows   = prometheus.NewDesc("quittance_jobs", "Jobs in the queue that have not ended, by state.", []string{"state"}, nil)
)

// Describe names the metrics.
func (b backlog) Describe(to chan<- *prometheus.Desc) { to <- dueRows; to <- dueOldest; to <- jobRows }

// Collect counts. When the database does not answer in time there is nothing to
// tell, and the metrics are missing from the scrape.
func (b backlog) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second) // a collector is given none
	defer cancel()
	now, err := b.db.Backlog(ctx, b.clock.Wall())
	if err != nil {
		b.log.WarnContext(ctx, "backlog not counted", "err", err)
		return
	}
	for _, d := range now.Due {
		to <- prometheus.MustNewConstMetric(dueRows, prometheus.GaugeValue, float64(d.Count), d.What)
		if d.What != "documents" {
			to <- prometheus.MustNewConstMetric(dueOldest, prometheus.GaugeValue, d.Oldest.Seconds(), d.What)
		}
	}
	for _, state := range []string{"available", "running", "retryable", "scheduled"} {
		to <- prometheus.MustNewConstMetric(jobRows, prometheus.GaugeValue, float64(now.Jobs[state]), state)
	}
}

// Package jobs holds the words to put work in the queue. A domain package
// declares its job's arguments beside the rule that causes it and enqueues them
// on the transaction that causes it; package work runs them. A job is a wake-up:
// what is due is always a row as well, and a sweep finds it if the job is lost.
package jobs

// Args are a job's arguments: keys, not snapshots. Kind has at least two
// characters, is stable, and names the worker.
type Args interface{ Kind() string }

// Package bench measures what a customer waits for: the order portal beside a
// static page, the start of a checkout, and the drawing of invoices and receipts;
// how many due payments are collected in a second; how many orders a core makes
// and gives in a second, and how long that takes at half the load; and that pages
// and calls cost over a million orders, and the sweep before a million future
// payments, what they cost with a thousand. It has nothing but benchmarks, run by
// make bench, and a test of how many statements a page costs.
//
// Times mean something only beside those of the same run, so all rows take
// turns in short rounds, and the report gives medians and ratios. Everything,
// the client too, shares one process and its processors.
package bench

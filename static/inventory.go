package static

import (
	"errors"
	"fmt"
	"slices"
)

// Script is one script that a page on which cards are paid sends to a browser, or
// that a merchant's page loads to show one, as PCI DSS 6.4.3 wants it kept: who
// answers for it, why it is there, and the hash of what was approved.
type Script struct {
	Name   string // of the file; of a gateway's, where it comes from
	Page   string
	Owner  string
	Reason string
	// Approved is the integrity of the bytes that somebody has looked at; empty for a
	// gateway's widget, which announces a hash with each checkout.
	Approved string
}

// Inventory are all scripts of payment pages. A script that changed is approved by
// writing its new hash here.
func Inventory() []Script {
	return []Script{
		{
			Name: "js/wpwl.js", Page: "/checkout/{id}", Owner: "Quittance",
			Reason:   "gives the gateway's widget its options, and leads on when it takes the checkout no more",
			Approved: "sha384-rQlzo9Kqg17T34PUZyZSxFV62WS1PPMg8yFHV3Ww1NgQ2UyC7w/iTDS1vEreyzSs",
		},
		{
			Name: "js/embed.js", Page: "/embed/{id}", Owner: "Quittance",
			Reason:   "the same in a frame, and tells the page around it what happens",
			Approved: "sha384-mnWDR9hF8XiuZ9+THv+uApP7QG14xrnxFhbzzXoUDz6EBBfqwcqSFq/42lmVJAId",
		},
		{
			Name: "js/quittance-v1.js", Page: "the merchant's page with the frame", Owner: "Quittance",
			Reason:   "mounts the frame, gives it its height, hands on what it tells, and has it renewed",
			Approved: "sha384-5J2nB0RA+qzu1xei72f0zlq6Dmf/cUra4qQW9c8eUyQSWmgS3Zpsx+c8IWAocxhM",
		},
		{
			Name: "the gateway's widget", Page: "/checkout/{id}, /embed/{id} and the merchant's page with the widget", Owner: "the payment gateway",
			Reason: "shows the card fields, which are frames of the gateway's own site; runs only when it matches the hash of its checkout",
		},
	}
}

// Scripts are the addresses of our own scripts.
func Scripts() []string {
	var all []string
	for _, s := range Inventory() {
		if s.Approved != "" {
			all = append(all, URL(s.Name))
		}
	}
	return all
}

// ErrUnapproved means that a script on a payment page is not the one that was
// approved.
var ErrUnapproved = errors.New("static: a script of a payment page was not approved")

// CheckInventory compares every script of ours with what was approved, and wants
// every one in the inventory.
func CheckInventory() error {
	var errs []error
	inventory := Inventory()
	for name, f := range loaded().byName {
		if f.mediaType != mediaType(".js") {
			continue
		}
		i := slices.IndexFunc(inventory, func(s Script) bool { return s.Name == name })
		switch {
		case i < 0:
			errs = append(errs, fmt.Errorf("%w: %s is not in the inventory", ErrUnapproved, name))
		case inventory[i].Approved != f.integrity:
			errs = append(errs, fmt.Errorf("%w: %s is %s, approved is %s", ErrUnapproved, name, f.integrity, inventory[i].Approved))
		}
	}
	return errors.Join(errs...)
}

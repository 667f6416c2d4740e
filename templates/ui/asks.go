package ui

import "slices"

// Asks is what a page asks its reader for; the words differ.
type Asks string

// What is asked for: the whole sum, a first part of it, a hold that is charged
// later, or a card to store.
const (
	AsksAll    Asks = ""
	AsksFirst  Asks = "now"
	AsksHold   Asks = "hold"
	AsksCard   Asks = "card"
	AsksUpdate Asks = "update" // another card, and what is outstanding with it
)

// Key is the key of a text that has words of its own for some of what is asked.
func (a Asks) Key(base string, own ...Asks) string {
	if slices.Contains(own, a) {
		return base + "_" + string(a)
	}
	return base
}

// AmountKey is the key of the amount's name. Of a card it is nothing, today.
func (a Asks) AmountKey(base string) string {
	if a == AsksCard {
		a = AsksFirst
	}
	return a.Key(base, AsksFirst, AsksHold, AsksUpdate)
}

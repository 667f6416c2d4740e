// Package crashtest kills the program while customers pay and then holds its
// books against the gateway's. It is tests only; README.md says what they do.
package crashtest

// Command imports holds the rules of package verify against the working tree and
// ends with status 1 if any is broken.
package main

import (
	"fmt"
	"os"

	"github.com/quittance/quittance/internal/verify"
)

func main() {
	violations, err := verify.Check(".")
	if err != nil {
		fmt.Fprintln(os.Stderr, "imports:", err)
		os.Exit(2)
	}
	for _, v := range violations {
		fmt.Fprintln(os.Stderr, v)
	}
	if len(violations) > 0 {
		os.Exit(1)
	}
}

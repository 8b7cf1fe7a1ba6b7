package main

import (
	"fmt"
	"io"
	"strings"
)

// without checks a run in which something was switched off on purpose: each test
// that asked for it must have failed, or it would pass whatever it tests.
func without(out io.Writer, what string, r *run) error {
	var asked, passed int
	for _, i := range r.order {
		o := r.tests[i]
		if !strings.Contains(o.output.String(), "needs "+what+":") {
			continue
		}
		asked++
		if o.action == "fail" {
			fmt.Fprintf(out, "fails without %s, as it should: %s\n", what, i)
			continue
		}
		passed++
		fmt.Fprintf(out, "does not notice that %s is missing (%s): %s\n", what, o.action, i)
	}
	fmt.Fprintf(out, "%d tests ask for %s, %d of them do not notice that it is missing\n", asked, what, passed)
	if asked == 0 || passed > 0 {
		return errFailed
	}
	return nil
}

package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/how-to-be-a-container/workshop/internal/testenv"
)

// report is all runs together: each test once.
type report struct {
	runs   []*run
	tests  []id
	passed []id
	failed []id
	// Skipped everywhere; nowhere are those of them that no machine can run.
	skipped, nowhere []id
}

// merge judges each test: one failure fails it, and one pass covers its skips.
func merge(runs []*run) *report {
	r := &report{runs: runs}
	seen := map[id]bool{}
	for _, run := range runs {
		for _, i := range run.order {
			if !seen[i] {
				seen[i] = true
				r.judge(i)
			}
		}
	}
	return r
}

func (r *report) judge(i id) {
	r.tests = append(r.tests, i)
	switch {
	case len(r.with(i, "fail")) > 0:
		r.failed = append(r.failed, i)
	case len(r.with(i, "pass")) > 0:
		r.passed = append(r.passed, i)
	case r.impossible(i):
		r.nowhere = append(r.nowhere, i)
	default:
		r.skipped = append(r.skipped, i)
	}
}

// with gives the runs in which the test ended so.
func (r *report) with(i id, action string) []*run {
	var runs []*run
	for _, run := range r.runs {
		if o := run.tests[i]; o != nil && o.action == action {
			runs = append(runs, run)
		}
	}
	return runs
}

// impossible tells whether the test needs what no guest can offer.
func (r *report) impossible(i id) bool {
	for _, run := range r.with(i, "skip") {
		need, _, _ := strings.Cut(strings.TrimPrefix(run.tests[i].reason(), "needs "), ":")
		if slices.Contains(testenv.NotInGuest, need) {
			return true
		}
	}
	return false
}

// show prints the report. Under ci a skip that was not covered is a failure, and
// so is a run that is missing.
func show(out io.Writer, runs []*run, ci bool) error {
	r := merge(runs)
	r.table(out)
	r.covered(out)
	r.uncovered(out, "no run of this suite has what it needs", r.nowhere)
	r.uncovered(out, "skipped everywhere", r.skipped)
	missing := r.missing(out)
	r.failures(out)

	failed, skipped := len(r.failed), len(r.skipped)+len(r.nowhere)
	if ci {
		failed += missing + len(r.skipped)
		skipped -= len(r.skipped)
	}
	fmt.Fprintf(out, "\n%d passed, %d failed, %d skipped\n", len(r.passed), failed, skipped)
	if failed > 0 || missing == len(runs) {
		return errFailed
	}
	return nil
}

// table prints the counts of each package in each run.
func (r *report) table(out io.Writer) {
	var pkgs []string
	for _, i := range r.tests {
		if !slices.Contains(pkgs, i.pkg) {
			pkgs = append(pkgs, i.pkg)
		}
	}
	slices.Sort(pkgs)
	w := tabwriter.NewWriter(out, 0, 0, 3, ' ', 0)
	fmt.Fprint(w, "\npassed/failed/skipped")
	for _, run := range r.runs {
		fmt.Fprint(w, "\t", run.name)
	}
	for _, pkg := range pkgs {
		fmt.Fprint(w, "\n", strings.TrimPrefix(pkg, module))
		for _, run := range r.runs {
			c := run.count(pkg)
			fmt.Fprintf(w, "\t%d/%d/%d", c["pass"], c["fail"], c["skip"])
		}
	}
	fmt.Fprintln(w)
	w.Flush()
}

func (r *run) count(pkg string) map[string]int {
	c := map[string]int{}
	for i, o := range r.tests {
		if i.pkg == pkg {
			c[o.action]++
		}
	}
	return c
}

// covered lists what was skipped in one run and passed in another.
func (r *report) covered(out io.Writer) {
	head := "\nskipped, but passed in another run:\n"
	for _, i := range r.passed {
		for _, run := range r.with(i, "skip") {
			fmt.Fprintf(out, "%s  %s\n    %s: %s; passed in: %s\n", head, i,
				run.name, run.tests[i].reason(), names(r.with(i, "pass")))
			head = ""
		}
	}
}

// uncovered lists what no run did, with each run's reason.
func (r *report) uncovered(out io.Writer, head string, tests []id) {
	if len(tests) > 0 {
		fmt.Fprintf(out, "\n%s:\n", head)
	}
	for _, i := range tests {
		fmt.Fprintf(out, "  %s\n", i)
		for _, run := range r.with(i, "skip") {
			fmt.Fprintf(out, "    %s: %s\n", run.name, run.tests[i].reason())
		}
	}
}

// missing names and counts the runs without any result.
func (r *report) missing(out io.Writer) int {
	n := 0
	for _, run := range r.runs {
		if len(run.order) == 0 {
			fmt.Fprintf(out, "\nno results from: %s\n", run.name)
			n++
		}
	}
	return n
}

// failures prints what each failed test printed, in each run where it failed.
func (r *report) failures(out io.Writer) {
	for _, i := range r.failed {
		for _, run := range r.with(i, "fail") {
			fmt.Fprintf(out, "\nFAIL %s (%s)\n%s", i, run.name, run.tests[i].output.String())
		}
	}
}

func names(runs []*run) string {
	var s []string
	for _, run := range runs {
		s = append(s, run.name)
	}
	return strings.Join(s, ", ")
}

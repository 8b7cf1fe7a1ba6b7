// Command testreport makes one report of several runs of the same tests: on this
// machine and in the guests of make test-vm.
//
//	go test -json ./... | testreport record local.json
//	testreport show local=local.json amd64=amd64.json
//	testreport without AppArmor amd64=amd64.json
//
// record copies the results to a file and prints a line for each package. show
// prints the report; a test that was skipped in one run and passed in another is
// covered. With CI=true a test that no run could do is a failure, and so is a run
// without results. without succeeds only where each test that asked for the named
// thing failed, because it was switched off.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

const usage = "usage: testreport record FILE | show RUN=FILE... | without WHAT RUN=FILE"

var errFailed = errors.New("failed")

func main() {
	switch err := command(os.Args[1:], os.Stdin, os.Stdout); {
	case errors.Is(err, errFailed):
		os.Exit(1)
	case err != nil:
		fmt.Fprintln(os.Stderr, "testreport:", err)
		os.Exit(2)
	}
}

func command(args []string, in io.Reader, out io.Writer) error {
	switch {
	case len(args) == 2 && args[0] == "record":
		return record(args[1], in, out)
	case len(args) > 1 && args[0] == "show":
		runs, err := loadAll(args[1:])
		if err != nil {
			return err
		}
		return show(out, runs, os.Getenv("CI") == "true")
	case len(args) == 3 && args[0] == "without":
		runs, err := loadAll(args[2:])
		if err != nil {
			return err
		}
		return without(out, args[1], runs[0])
	}
	return errors.New(usage)
}

// loadAll reads each RUN=FILE.
func loadAll(args []string) ([]*run, error) {
	var runs []*run
	for _, arg := range args {
		name, file, ok := strings.Cut(arg, "=")
		if !ok {
			return nil, errors.New(usage)
		}
		r, err := loadFile(name, file)
		if err != nil {
			return nil, err
		}
		runs = append(runs, r)
	}
	return runs, nil
}

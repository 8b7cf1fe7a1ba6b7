package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/how-to-be-a-container/workshop/internal/testevent"
)

// module is left out of the names of packages.
const module = "github.com/how-to-be-a-container/workshop/"

// id names a test. A failure of a package outside of its tests has no test name.
type id struct{ pkg, test string }

func (i id) String() string {
	return strings.TrimSpace(strings.TrimPrefix(i.pkg, module) + " " + i.test)
}

// outcome is how a test ended in one run.
type outcome struct {
	action string // pass, fail or skip; "" while it runs
	output strings.Builder
}

// run is what one go test -json printed.
type run struct {
	name    string
	tests   map[id]*outcome
	order   []id
	builds  map[string]*strings.Builder // what the compiler said, by import path
	failing map[string]bool             // packages with a test that failed
}

func newRun(name string) *run {
	return &run{
		name:    name,
		tests:   map[id]*outcome{},
		builds:  map[string]*strings.Builder{},
		failing: map[string]bool{},
	}
}

// loadFile reads a run. One that never started has no file, and no tests.
func loadFile(name, file string) (*run, error) {
	f, err := os.Open(file)
	if errors.Is(err, fs.ErrNotExist) {
		return newRun(name), nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return load(name, f)
}

// load reads a run and fails what did not come to an end.
func load(name string, in io.Reader) (*run, error) {
	r := newRun(name)
	err := eachEvent(in, func(e testevent.Event) error {
		r.add(e)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("run %s: %w", name, err)
	}
	r.close()
	return r, nil
}

// eachEvent calls do for each line of in.
func eachEvent(in io.Reader, do func(testevent.Event) error) error {
	lines := bufio.NewReader(in)
	for n := 1; ; n++ {
		line, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) && len(line) == 0 {
			return nil
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		var e testevent.Event
		if err := json.Unmarshal(line, &e); err != nil {
			return fmt.Errorf("line %d is not of go test -json: %w: %.80q", n, err, line)
		}
		if err := do(e); err != nil {
			return err
		}
	}
}

// add takes one event.
func (r *run) add(e testevent.Event) {
	if e.Action == "build-output" {
		r.build(e.ImportPath).WriteString(e.Output)
		return
	}
	if e.Package == "" {
		return
	}
	o := r.outcome(id{e.Package, e.Test})
	if e.Action == "output" {
		o.output.WriteString(e.Output)
	}
	if !e.Ends() {
		return
	}
	o.action = e.Action
	if e.FailedBuild != "" {
		o.output.WriteString(r.build(e.FailedBuild).String())
	}
	if e.Action == "fail" && e.Test != "" {
		r.failing[e.Package] = true
	}
}

func (r *run) build(path string) *strings.Builder {
	if r.builds[path] == nil {
		r.builds[path] = &strings.Builder{}
	}
	return r.builds[path]
}

func (r *run) outcome(i id) *outcome {
	if r.tests[i] == nil {
		r.tests[i] = &outcome{}
		r.order = append(r.order, i)
	}
	return r.tests[i]
}

// close fails what has no end, and forgets packages: they count as a failure only
// where none of their tests tells why.
func (r *run) close() {
	for _, i := range r.order {
		o := r.tests[i]
		if o.action == "" {
			o.action = "fail"
			o.output.WriteString("    did not come to an end\n")
			if i.test != "" {
				o.output.WriteString(r.said(i.pkg))
				r.failing[i.pkg] = true
			}
		}
	}
	r.order = slices.DeleteFunc(r.order, func(i id) bool {
		drop := i.test == "" && (r.tests[i].action != "fail" || r.failing[i.pkg])
		if drop {
			delete(r.tests, i)
		}
		return drop
	})
}

// said is what a package printed outside of its tests.
func (r *run) said(pkg string) string {
	if o := r.tests[id{pkg: pkg}]; o != nil {
		return o.output.String()
	}
	return ""
}

// skipLine is what t.Skip prints before "--- SKIP".
var skipLine = regexp.MustCompile(`(?m)^\s+\S+\.go:\d+: (.*)$`)

// reason is why a test was skipped.
func (o *outcome) reason() string {
	found := skipLine.FindAllStringSubmatch(o.output.String(), -1)
	if len(found) == 0 {
		return "no reason given"
	}
	return found[len(found)-1][1]
}

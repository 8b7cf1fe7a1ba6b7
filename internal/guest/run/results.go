package main

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"slices"
	"time"

	"github.com/how-to-be-a-container/workshop/internal/testevent"
)

// doneMark is the guest's last line.
const doneMark = "guest: done"

// test names one test, or with an empty name the package itself.
type test struct{ pkg, name string }

// results copies the guest's events line by line and knows which tests run.
type results struct {
	w       io.Writer
	line    []byte // the line that is not complete
	running map[test]bool
	done    bool // the last line was there
}

func newResults(w io.Writer) *results {
	return &results{w: w, running: map[test]bool{}}
}

// Write takes what came through the serial port.
func (r *results) Write(p []byte) (int, error) {
	r.line = append(r.line, p...)
	for {
		line, rest, ok := bytes.Cut(r.line, []byte("\n"))
		if !ok {
			return len(p), nil
		}
		if err := r.take(line); err != nil {
			return 0, err
		}
		r.line = rest
	}
}

// take notes and copies one event. What is none was torn by a dying guest.
func (r *results) take(line []byte) error {
	if string(bytes.TrimSpace(line)) == doneMark {
		r.done = true
		return nil
	}
	var e testevent.Event
	if err := json.Unmarshal(line, &e); err != nil {
		return nil //nolint:nilerr // torn
	}
	switch t := (test{e.Package, e.Test}); {
	case e.Action == "start" || e.Action == "run":
		r.running[t] = true
	case e.Ends():
		delete(r.running, t)
	}
	return testevent.Write(r.w, e)
}

// failRest fails all that was running, or nobody where nothing was. The innermost
// test gets the reason and the console as output.
func (r *results) failRest(nobody, reason, console string) error {
	if len(r.running) == 0 {
		r.running[test{pkg: nobody}] = true
	}
	rest := slices.Collect(maps.Keys(r.running))
	// Subtests end before their test, and tests before their package.
	slices.SortFunc(rest, func(a, b test) int { return len(b.name) - len(a.name) })
	out := "    " + reason + "\n    the guest's console ends with:\n" + console
	for _, t := range rest {
		if err := r.put(testevent.Event{Action: "output", Package: t.pkg, Test: t.name, Output: out}); err != nil {
			return err
		}
		if err := r.put(testevent.Event{Action: "fail", Package: t.pkg, Test: t.name}); err != nil {
			return err
		}
		out = "    " + reason + "\n"
	}
	return nil
}

func (r *results) put(e testevent.Event) error {
	e.Time = time.Now()
	return testevent.Write(r.w, e)
}

package main

import (
	"encoding/json"
	"fmt"
	"io"
	"sync"

	"github.com/how-to-be-a-container/workshop/pkg/seccomp"
	"github.com/how-to-be-a-container/workshop/pkg/ui"
)

// showCalls writes each call that a trace or notify rule hands over, as it
// happens. raw is for a terminal that the command has set so: there \n alone
// does not go back to the first column.
func showCalls(w io.Writer, raw bool) func(seccomp.Call) {
	screen := ui.New(w)
	end := ""
	if raw {
		end = "\r"
	}
	var mu sync.Mutex
	return func(c seccomp.Call) {
		mu.Lock()
		defer mu.Unlock()
		screen.Line(screen.DimWord(fmt.Sprintf("  [%d] ", c.PID)) + c.String() + end)
	}
}

// jsonCalls writes each of them as a line of JSON.
type jsonCalls struct {
	mu  sync.Mutex
	to  io.Writer
	err error // the first
}

func (j *jsonCalls) add(c seccomp.Call) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if err := json.NewEncoder(j.to).Encode(c); err != nil && j.err == nil {
		j.err = fmt.Errorf("write the calls: %w", err)
	}
}

func (j *jsonCalls) failed() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.err
}

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

// encodeCalls writes each of them as a line of JSON.
func encodeCalls(w io.Writer) func(seccomp.Call) {
	var mu sync.Mutex
	return func(c seccomp.Call) {
		mu.Lock()
		defer mu.Unlock()
		_ = json.NewEncoder(w).Encode(c) // a reader that has gone wants no more of them
	}
}

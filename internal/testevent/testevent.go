// Package testevent is the line that go test -json prints; see "go doc test2json".
package testevent

import (
	"encoding/json"
	"io"
	"time"
)

// Event is one line. An event without a Test is about its whole package.
type Event struct {
	Time        time.Time `json:",omitzero"`
	Action      string
	Package     string  `json:",omitempty"`
	Test        string  `json:",omitempty"`
	Elapsed     float64 `json:",omitempty"` // seconds
	Output      string  `json:",omitempty"`
	ImportPath  string  `json:",omitempty"` // what was built, in build-output
	FailedBuild string  `json:",omitempty"` // the ImportPath that did not build
}

// Ends tells whether the event is the last of its test or package.
func (e Event) Ends() bool {
	return e.Action == "pass" || e.Action == "fail" || e.Action == "skip"
}

// Write writes the event as a line.
func Write(w io.Writer, e Event) error {
	line, err := json.Marshal(e)
	if err != nil {
		return err
	}
	_, err = w.Write(append(line, '\n'))
	return err
}

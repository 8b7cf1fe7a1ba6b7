package doctor

import (
	"os"

	"golang.org/x/term"
)

// Terminal is what the output is shown on.
type Terminal struct {
	Is    bool   `json:"is"`    // standard output is one
	Width int    `json:"width"` // in columns; 0 without one
	Type  string `json:"type"`  // TERM
}

func terminal() Terminal {
	t := Terminal{Is: term.IsTerminal(1), Type: os.Getenv("TERM")}
	if width, _, err := term.GetSize(1); err == nil {
		t.Width = width
	}
	return t
}

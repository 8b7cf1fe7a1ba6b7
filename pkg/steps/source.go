package steps

import (
	"embed"
	"strings"
)

//go:embed *.go
var sources embed.FS

// File is the name of the step's source file.
func (s *Step) File() string { return strings.ReplaceAll(s.Name, "-", "_") + ".go" }

// Source is the source that the step was built from.
func (s *Step) Source() (string, error) {
	b, err := sources.ReadFile(s.File())
	return string(b), err
}

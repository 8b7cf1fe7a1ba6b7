// Command workshop teaches what a Linux container is by building one, one layer
// at a time, and attacking it after every layer.
package main

import (
	"cmp"
	"errors"
	"fmt"
	"os"

	"golang.org/x/term"

	"github.com/how-to-be-a-container/workshop/pkg/bomb"
	"github.com/how-to-be-a-container/workshop/pkg/container"
	"github.com/how-to-be-a-container/workshop/pkg/lang"
	"github.com/how-to-be-a-container/workshop/pkg/steps"
	"github.com/how-to-be-a-container/workshop/pkg/ui"
)

// Exit codes beside those of pkg/container.
const (
	exitClaim       = 1  // a claim did not hold
	exitUsage       = 2  // the command line is wrong
	exitUnsupported = 77 // this machine cannot run it
)

func main() { os.Exit(run()) }

// run is main as a function, for the transcripts.
func run() int {
	bomb.Main()
	_ = lang.Set(lang.FromEnv()) // a language that there is; --lang may choose another
	root := newRootCommand(firstWord(os.Args))
	completeCobra(root)
	var unwritten error
	root.SetHelpFunc(showHelp(&unwritten))
	err := cmp.Or(root.Execute(), unwritten)
	var own exitCode
	if err != nil && !errors.As(err, &own) {
		complain("workshop: " + harmless(explained(err)))
	}
	return codeOf(err)
}

func firstWord(args []string) string {
	if len(args) < 2 {
		return ""
	}
	return args[1]
}

// complain writes an error: on a terminal wrapped for who reads it, else in one
// line for what searches it.
func complain(text string) {
	if term.IsTerminal(2) {
		ui.New(os.Stderr).Text(text, 0)
		return
	}
	fmt.Fprintln(os.Stderr, text)
}

// exitCode is an error that is only an exit code: all has been said.
type exitCode int

func (e exitCode) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

// usageError is a command line that cannot be understood.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

func codeOf(err error) int {
	var own exitCode
	var usage usageError
	var setting *container.SettingError
	switch {
	case errors.As(err, &own):
		return int(own)
	case errors.Is(err, steps.ErrUnsupported):
		return exitUnsupported
	case errors.As(err, &usage), errors.As(err, &setting):
		return exitUsage
	}
	return container.ExitCode(err)
}

package lesson

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/how-to-be-a-container/workshop/pkg/lang"
	"github.com/how-to-be-a-container/workshop/pkg/ui"
)

// exitUnsupported is how a command says that this machine cannot do it.
const exitUnsupported = 77

// Verdict is what came of one transcript.
type Verdict struct {
	Held    bool
	Missing error // why this machine cannot play it; it was not judged then
	Faults  []Fault

	outcomes []*outcome
}

// Fault is one thing that is not as the lesson says.
type Fault struct {
	Command string
	Reason  string
	edits   []edit // of the output; nil where the fault is another one
}

// judge compares what came out with what the lesson says. err is what ended the
// play early.
func judge(t *Transcript, outcomes []*outcome, err error) Verdict {
	last := outcomes[len(outcomes)-1]
	if t.Exit != exitUnsupported {
		for _, o := range outcomes {
			if o.code == exitUnsupported {
				return Verdict{Missing: cannot(o)}
			}
		}
	}
	v := Verdict{outcomes: outcomes}
	for _, o := range outcomes {
		code := 0
		if o == last {
			code = t.Exit
		}
		v.Faults = append(v.Faults, faults(o, code, err)...)
		if !o.played {
			break // what comes after it was never typed
		}
	}
	v.Held = len(v.Faults) == 0
	return v
}

// Against judges what came out by another transcript, of the same commands.
func (v *Verdict) Against(t *Transcript) Verdict {
	var outcomes []*outcome
	for i, o := range v.outcomes {
		other := &outcome{command: &t.Commands[i], played: o.played, code: o.code}
		other.output.WriteString(o.output.String())
		outcomes = append(outcomes, other)
	}
	if outcomes == nil {
		return *v // it was not played
	}
	return judge(t, outcomes, nil)
}

// cannot gives the last words of a command as the reason why it cannot.
func cannot(o *outcome) error {
	lines := trim(shown(o.output.String()))
	reason := lang.T("exit code 77")
	if len(lines) > 0 {
		reason = lines[len(lines)-1]
	}
	return fmt.Errorf("$ %s: %s", firstLine(o.command.Text), reason)
}

func firstLine(command string) string {
	first, _, more := strings.Cut(command, "\n")
	if more {
		first += " ..."
	}
	return first
}

// faults tells what is wrong with one command.
func faults(o *outcome, code int, err error) []Fault {
	var list []Fault
	add := func(edits []edit, reason string) {
		list = append(list, Fault{o.command.Text, reason, edits})
	}
	if edits := compare(o.command.Want, shown(o.output.String())); differ(edits) {
		add(edits, lang.T("its output is not what the lesson says"))
	}
	switch {
	case errors.Is(err, errTimeout) && !o.played:
		add(nil, lang.T("it did not end within the time limit"))
	case err != nil && !errors.Is(err, context.Canceled) && !o.played:
		add(nil, err.Error())
	case o.code != code:
		add(nil, lang.F("its exit code is %d, and not %d", o.code, code))
	case !o.played && o.code == 0:
		add(nil, lang.T("the shell ended there"))
	}
	return list
}

func differ(edits []edit) bool {
	for _, e := range edits {
		if e.sign == '+' || e.sign == '-' {
			return true
		}
	}
	return false
}

// show writes the verdict.
func (v *Verdict) show(screen *ui.UI, t *Transcript) {
	screen.Line("")
	switch {
	case v.Missing != nil:
		screen.Warn(lang.F("not played here: %v", v.Missing))
	case v.Held && t.Exit != 0:
		screen.Good(lang.F("the lesson holds: it failed with %d, as it should", t.Exit))
	case v.Held:
		screen.Good(lang.T("the lesson holds: every line is as it says"))
	}
	for _, f := range v.Faults {
		screen.Bad("$ " + firstLine(f.Command) + ": " + f.Reason)
		showEdits(screen, f.edits)
	}
}

// The most lines of a comparison that are shown, and how many around a fault.
const (
	mostEdits = 20
	around    = 1
)

// showEdits writes what differs, with a line of its surroundings.
func showEdits(screen *ui.UI, edits []edit) {
	left, cut := mostEdits, false
	for i, e := range edits {
		near := differ(edits[max(i-around, 0):min(i+around+1, len(edits))])
		switch {
		case near && left == 0:
			screen.Dim("    " + lang.T("... and more"))
			return
		case near && e.sign == '-':
			screen.Missing(e.line)
		case near && e.sign == '+':
			screen.Unexpected(e.line)
		case near:
			screen.Dim("      " + e.line)
		case !cut:
			screen.Dim("      ...")
		}
		if near {
			left--
		}
		cut = !near
	}
}

package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/pkg/caps"
	"github.com/how-to-be-a-container/workshop/pkg/container"
	"github.com/how-to-be-a-container/workshop/pkg/lang"
	"github.com/how-to-be-a-container/workshop/pkg/observe"
	"github.com/how-to-be-a-container/workshop/pkg/ui"
)

func newCapsCommand() *cobra.Command {
	var asJSON bool
	var file string
	cmd := &cobra.Command{
		Use:   "caps [PID]",
		Short: "The capabilities of a process, and what an execve would leave",
		Long: `Show the five capability sets of a process side by side, and what is missing
from its bounding set, compared to that of process 1; without PID, of this one.
With --exec, fill the formula of execve(2) with the values of that process and a
program, and say what it would have after. Nothing is executed. See
capabilities(7).`,
		Example: `  workshop caps
  sudo workshop caps 1
  workshop caps --exec passwd`,
		Args: args(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			pid, err := pidArg(args)
			if err != nil {
				return err
			}
			l, err := lookAtCaps(pid)
			if err != nil {
				return err
			}
			if file != "" {
				if err := l.exec(file); err != nil {
					return err
				}
			}
			if asJSON {
				return json.NewEncoder(cmd.OutOrStdout()).Encode(l)
			}
			return l.show(ui.New(cmd.OutOrStdout()))
		},
	}
	cmd.Flags().Var((*text)(&file), "exec", "the program: a path as that process sees it, or a name in PATH")
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return cmd
}

// capsLook is what workshop caps has seen.
type capsLook struct {
	PID     int          `json:"pid"`
	Command string       `json:"command"`
	Process caps.Process `json:"process"`
	Full    caps.Set     `json:"full"`    // the bounding sets of process 1 and of workshop: of the machine, or of the container that we are in
	Kernel  caps.Set     `json:"kernel"`  // what the kernel knows
	Missing caps.Set     `json:"missing"` // in Full, and not in the bounding set

	ended bool // so that it executes nothing more

	File    *caps.File    `json:"file,omitempty"`
	Outcome *caps.Outcome `json:"outcome,omitempty"`
	Refused bool          `json:"refused,omitempty"` // execve would fail with EPERM
}

func lookAtCaps(pid int) (*capsLook, error) {
	s, err := observe.Take(pid)
	if errors.Is(err, unix.ESRCH) {
		return nil, usageError{err}
	}
	if err != nil {
		return nil, err
	}
	l := &capsLook{PID: pid, Command: s.Get("Name"), ended: s.Ended()}
	if l.Process, err = caps.ReadProcess(pid); err != nil {
		return nil, err
	}
	if l.Kernel, err = caps.Kernel(); err != nil {
		return nil, err
	}
	us, err := caps.ReadProcess(os.Getpid())
	if err != nil {
		return nil, err
	}
	l.Full = l.Kernel // where a /proc with hidepid does not show process 1
	if first, err := caps.ReadProcess(1); err == nil {
		l.Full = us.Bounding | first.Bounding
	}
	l.Missing = l.Full &^ l.Process.Bounding
	return l, nil
}

func (l *capsLook) exec(file string) error {
	if l.ended {
		return usageError{fmt.Errorf("process %d has ended: %w", l.PID, unix.ESRCH)}
	}
	f, err := programOf(l.PID, file)
	if errors.Is(err, unix.ENOSYS) { // Linux before 5.6
		return container.Refusal(err)
	}
	if err != nil {
		err = fmt.Errorf("%w; --exec takes a program, as process %d sees it", err, l.PID)
		if l.PID != os.Getpid() && errors.Is(err, os.ErrPermission) && !errors.Is(err, caps.ErrNoProgram) {
			return cmp.Or(needRootTo("see what another process sees", "caps --exec"), err)
		}
		return usageError{err}
	}
	o := caps.Execve(l.Process, f)
	o.FileInheritable &= l.Kernel
	o.FilePermitted &= l.Kernel
	l.File, l.Outcome, l.Refused = &f, &o, o.Err != nil
	return nil
}

func (l *capsLook) show(screen *ui.UI) error {
	screen.Title(lang.T("Capabilities"), lang.F("process %d (%s), user %d", l.PID, observe.Printable(l.Command), l.Process.EUID))
	screen.Line("")
	if l.Outcome != nil {
		showFormula(screen, l)
	} else {
		showSets(screen, l)
	}
	return screen.Err()
}

// capColumns are the sets in the order of /proc/PID/status.
func capColumns(p caps.Process) []caps.Set {
	return []caps.Set{p.Inheritable, p.Permitted, p.Effective, p.Bounding, p.Ambient}
}

func showSets(screen *ui.UI, l *capsLook) {
	var rows [][]string
	for n := range 64 {
		if l.Kernel.Has(n) {
			rows = append(rows, capRow(l, n))
		}
	}
	screen.Table([]string{lang.T("CAPABILITY"), "Inh", "Prm", "Eff", "Bnd", "Amb", ""}, rows)
	screen.Line("")
	p := l.Process
	screen.Text(lang.F("CapEff, what it may do now: %s.", p.Effective.In(l.Kernel)), 0)
	screen.Text(lang.F("CapBnd, what an execve can ever give: %d of the %d that this kernel knows.",
		len(p.Bounding.Names()), len(l.Kernel.Names())), 0)
	if lacks := (l.Kernel &^ l.Full &^ p.Bounding).Names(); len(lacks) > 0 && l.PID != 1 {
		screen.Text(lang.F("Process 1's bounding set lacks %d of them too: %s.", len(lacks), few(lacks)), 0)
	}
	if p.NoNewPrivs {
		screen.Text(lang.T("no_new_privs is set: an execve gives nothing that is not there already."), 0)
	}
}

func capRow(l *capsLook, n int) []string {
	row := []string{observe.CapName(n)}
	for _, set := range capColumns(l.Process) {
		mark := "·"
		if set.Has(n) {
			mark = "✓"
		}
		row = append(row, " "+mark)
	}
	return append(row, capNote(l, n))
}

// capNote says what a row means.
func capNote(l *capsLook, n int) string {
	switch p := l.Process; {
	case !p.Bounding.Has(n) && p.Permitted.Has(n) && (p.Inheritable | p.Ambient).Has(n):
		return "" // it may outlive an execve: the file decides
	case !p.Bounding.Has(n) && p.Permitted.Has(n):
		return lang.T("until the next execve")
	case !p.Bounding.Has(n) && !l.Full.Has(n) && l.PID != 1:
		return lang.T("missing, in process 1 too")
	case !p.Bounding.Has(n):
		return lang.T("missing, for good")
	case !p.Permitted.Has(n):
		return lang.T("only by an execve")
	case !p.Effective.Has(n):
		return lang.T("can be switched on")
	}
	return ""
}

// few shortens a list of names.
func few(names []string) string {
	if len(names) > 3 {
		return lang.F("%s and more", strings.Join(names[:3], ", "))
	}
	return strings.Join(names, ", ")
}

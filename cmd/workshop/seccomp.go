package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/pkg/lang"
	"github.com/how-to-be-a-container/workshop/pkg/seccomp"
	"github.com/how-to-be-a-container/workshop/pkg/steps"
	"github.com/how-to-be-a-container/workshop/pkg/ui"
)

// seccompLook is what workshop seccomp has found.
type seccompLook struct {
	PID     int            `json:"pid,omitempty"`
	Of      string         `json:"of"`
	Filters []filterLook   `json:"filters"`
	Skipped []string       `json:"skipped,omitempty"` // what the profile allows and we do not know
	Survey  seccomp.Survey `json:"survey"`
}

type filterLook struct {
	Code []seccomp.Line `json:"code"`
}

// teachable is the most instructions that a filter is shown with unasked.
const teachable = 32

type seccompFlags struct {
	spec            steps.Spec
	json, all, code bool
}

func newSeccompCommand() *cobra.Command {
	f := &seccompFlags{}
	cmd := &cobra.Command{
		Use:   "seccomp [PID]",
		Short: "What filters do with each system call, and their instructions",
		Long: `Show what filters do with every system call of this architecture, found by
walking through their instructions for each number. With PID they are the ones
that the kernel has for that process, which is stopped for a moment; else those
that a lesson with the same flags would install. A short filter is shown
instruction by instruction.`,
		Example: `  sudo workshop seccomp 1234
  workshop seccomp --seccomp kill:mkdir,mkdirat
  workshop seccomp --profile docker
  workshop seccomp --profile docker --cap-add SYS_ADMIN`,
		Args: args(cobra.MaximumNArgs(1)),
		RunE: f.run,
	}
	fs := cmd.Flags()
	addSeccompFlags(fs, &f.spec)
	addCapabilityFlags(fs, &f.spec)
	fs.Var((*text)(&f.spec.Seccomp.Profile), "profile", "short for --seccomp-profile")
	fs.BoolVar(&f.json, "json", false, "as JSON")
	fs.BoolVar(&f.all, "all", false, "name all calls, those of the largest group too")
	fs.BoolVar(&f.code, "code", false, "all instructions, of long filters too")
	return cmd
}

func (f *seccompFlags) run(cmd *cobra.Command, args []string) error {
	if set := filterFlag(cmd); len(args) == 1 && set != "" {
		return misused(cmd, fmt.Errorf("a process has its filters already: leave out %s, or --%s", args[0], set))
	}
	look, err := f.look(args)
	if err != nil {
		return err
	}
	if f.json {
		look.Filters = notNull(look.Filters)
		return json.NewEncoder(cmd.OutOrStdout()).Encode(look)
	}
	return f.show(ui.New(cmd.OutOrStdout()), look)
}

// filterFlag gives a flag that is for filters to be made, and not for how they are shown.
func filterFlag(cmd *cobra.Command) (name string) {
	cmd.Flags().Visit(func(f *pflag.Flag) {
		if !slices.Contains([]string{"json", "all", "code", "lang"}, f.Name) {
			name = f.Name
		}
	})
	return name
}

func (f *seccompFlags) look(args []string) (*seccompLook, error) {
	if len(args) == 1 {
		return lookAtProcess(args)
	}
	f.spec.Steps = []string{steps.Capabilities.Name, steps.Seccomp.Name}
	if err := steps.Seccomp.Check(&f.spec); err != nil {
		return nil, usageError{err}
	}
	look := describeFilters(f.spec.Seccomp.Filters)
	look.Of = lang.F("a container with %s", f.spec.Seccomp.Words())
	look.Skipped = f.spec.Seccomp.Skipped()
	return look, nil
}

func lookAtProcess(args []string) (*seccompLook, error) {
	pid, err := pidArg(args)
	if err != nil {
		return nil, err
	}
	if err := needRootTo("read the filters of another process", "seccomp "+args[0]); err != nil {
		return nil, err
	}
	filters, err := seccomp.Read(pid)
	switch {
	case errors.Is(err, unix.ESRCH):
		err = usageError{err}
	case errors.Is(err, seccomp.ErrNoGetFilter):
		err = &steps.Unsupported{What: err.Error(), Instead: "workshop seccomp without a PID shows what a lesson installs", Err: err}
	}
	if err != nil {
		return nil, err
	}
	look := describeFilters(filters)
	look.PID, look.Of = pid, lang.F("process %d", pid)
	return look, nil
}

func describeFilters(filters []seccomp.Filter) *seccompLook {
	look := &seccompLook{Survey: seccomp.Look(filters)}
	for _, filter := range filters {
		look.Filters = append(look.Filters, filterLook{filter.Code.Disassemble()})
	}
	return look
}

func (f *seccompFlags) show(screen *ui.UI, look *seccompLook) error {
	screen.Title(lang.T("Seccomp filters"), look.Survey.Arch)
	screen.Text(lang.F("Of %s.", look.Of), 0)
	if len(look.Filters) == 0 {
		screen.Line("")
		screen.Bad(lang.T("There is no filter: every call reaches the kernel."))
		return screen.Err()
	}
	for i, filter := range look.Filters {
		f.showFilter(screen, i, len(look.Filters), filter)
	}
	f.showSurvey(screen, look)
	return screen.Err()
}

func (f *seccompFlags) showFilter(screen *ui.UI, i, of int, filter filterLook) {
	screen.Line("")
	screen.Line(screen.Strong(lang.F("Filter %d of %d", i+1, of)) +
		screen.DimWord(lang.F("  %d instructions, for each call", len(filter.Code))))
	if len(filter.Code) > teachable && !f.code {
		screen.Dim(lang.T("  too long to read here: see it with --code"))
		return
	}
	for _, l := range filter.Code {
		screen.Line(fmt.Sprintf("%4d  %-26s %s", l.Number, l.Code, screen.DimWord(l.Comment)))
	}
}

func (f *seccompFlags) showSurvey(screen *ui.UI, look *seccompLook) {
	largest := 0
	for _, g := range look.Survey.Groups {
		largest = max(largest, len(g.Calls))
	}
	screen.Line("")
	screen.Line(screen.Strong(lang.T("Together")))
	for _, g := range look.Survey.Groups {
		screen.Line(fmt.Sprintf("%4d  %s", len(g.Calls), screen.Key(g.Words())))
		if len(g.Calls) < largest || f.all {
			screen.Text(strings.Join(g.Calls, " "), 6)
		}
	}
	screen.Line(fmt.Sprintf("   +  %s", screen.Key(lang.F("calls newer than this table: %s", look.Survey.Newer.Words()))))
	for _, abi := range look.Survey.Foreign {
		text := lang.F("calls through %s: %s", abi.Name, seccomp.Words(abi.Actions))
		if abi.Lets() {
			text = screen.BadWord(lang.F("%s: a hole", text))
		} else {
			text = screen.Key(text)
		}
		screen.Line("   +  " + text)
	}
	if len(look.Skipped) > 0 {
		screen.Warn(lang.F("The profile allows what no table here knows, so it stays forbidden: %s", strings.Join(look.Skipped, ", ")))
	}
}

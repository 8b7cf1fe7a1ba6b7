package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/how-to-be-a-container/workshop/pkg/container"
	"github.com/how-to-be-a-container/workshop/pkg/lang"
	"github.com/how-to-be-a-container/workshop/pkg/seccomp"
	"github.com/how-to-be-a-container/workshop/pkg/steps"
	"github.com/how-to-be-a-container/workshop/pkg/ui"
)

type traceFlags struct {
	containerFlags
	calls []string
	json  bool
	quiet bool
}

func newTraceCommand() *cobra.Command {
	f := &traceFlags{}
	cmd := &cobra.Command{
		Use:   "trace [flags] -- COMMAND [ARG...]",
		Short: "List the system calls that a command makes, as it makes them",
		Long: `Run a command in a container with the layers of lesson 7, and a filter that
hands its system calls to us: SECCOMP_RET_TRACE of seccomp(2), by ptrace(2).
Each is shown before it is made, with the process that makes it. At the end they
are counted and, where all were traced, written as the rules of a filter that
allows these and no others.

The list goes to standard error. A filter sees the arguments as numbers; what
paths they point to is read from the process's memory.`,
		Example: `  sudo workshop trace -- ls /
  sudo workshop trace --calls mkdir,openat -- mkdir /tmp/x`,
		Args: args(cobra.MinimumNArgs(1)),
		RunE: f.run,
	}
	f.add(cmd)
	fs := cmd.Flags()
	fs.StringSliceVar(&f.calls, "calls", []string{seccomp.Every}, "only these system calls")
	fs.BoolVar(&f.json, "json", false, "the calls as JSON lines on standard output; the command's goes to standard error")
	fs.BoolVar(&f.quiet, "summary", false, "only the count at the end")
	return cmd
}

func (f *traceFlags) run(cmd *cobra.Command, args []string) error {
	if err := needRoot("trace"); err != nil {
		return err
	}
	f.spec.Seccomp.Rules = append(f.spec.Seccomp.Rules, seccomp.Trace.String()+":"+strings.Join(f.calls, ","))
	c, err := f.container(steps.Seccomp.Lesson)
	if err != nil {
		return err
	}
	if !slices.Contains(c.Steps, steps.Seccomp) {
		advice := "leave out --without seccomp"
		if len(f.only) > 0 {
			advice = fmt.Sprintf("name the step too: --only %s,seccomp", strings.Join(f.only, ","))
		}
		return usageError{fmt.Errorf("trace: a filter hands the calls over; %s", advice)}
	}
	c.Args = args
	if f.json {
		return encodeTrace(cmd.Context(), c)
	}
	return f.show(cmd.Context(), c)
}

func encodeTrace(ctx context.Context, c *container.Container) error {
	lines := &jsonCalls{to: os.Stdout}
	c.Stdout, c.Terminal, c.Calls = os.Stderr, false, lines.add
	err := runContainer(ctx, c)
	return cmp.Or(lines.failed(), err)
}

// show writes each call as it happens, and what was seen at the end.
func (f *traceFlags) show(ctx context.Context, c *container.Container) error {
	seen := &seenCalls{count: make(map[string]int), show: showCalls(os.Stderr, c.Terminal && term.IsTerminal(2))}
	if f.quiet {
		seen.show = func(seccomp.Call) {}
	}
	c.Calls = seen.add
	err := runContainer(ctx, c)
	var own exitCode
	if err == nil || errors.As(err, &own) || seen.any() {
		seen.sum(ui.New(os.Stderr), slices.Contains(f.calls, seccomp.Every))
	}
	return err
}

// seenCalls counts calls by name.
type seenCalls struct {
	mu    sync.Mutex
	count map[string]int
	show  func(seccomp.Call)
}

func (s *seenCalls) add(c seccomp.Call) {
	s.mu.Lock()
	s.count[c.Name]++
	s.mu.Unlock()
	s.show(c)
}

// any tells whether there was a call.
func (s *seenCalls) any() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.count) > 0
}

// sum says how often each call was made and, where all were seen, what filter
// allows just these.
func (s *seenCalls) sum(screen *ui.UI, all bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	names := slices.SortedFunc(maps.Keys(s.count), func(a, b string) int {
		if s.count[a] != s.count[b] {
			return s.count[b] - s.count[a]
		}
		return strings.Compare(a, b)
	})
	total := 0
	var counted []string
	for _, n := range names {
		total += s.count[n]
		counted = append(counted, fmt.Sprintf("%s %d", n, s.count[n]))
	}
	screen.Line("")
	sum := lang.F("%d calls of %d kinds", total, len(names))
	if total == 1 {
		sum = lang.T("1 call")
	}
	screen.Line(screen.Strong(sum))
	if total == 0 {
		return
	}
	screen.Text(strings.Join(counted, ", "), 2)
	if !all {
		return
	}
	screen.Line("")
	screen.Line(lang.T("The filter that allows these and no others:"))
	list, added := allowlist(names)
	for _, line := range allowFlags(list, screen.Width()) {
		screen.Line(line)
	}
	if len(added) > 0 {
		screen.Text(lang.F("Not seen, and in it: %s. The process needs that after the filter, before it is the command.", strings.Join(added, ", ")), 2)
	}
}

// allowFlags are the rules as flags, in lines that no terminal breaks and that a shell
// takes for one.
func allowFlags(calls []string, width int) []string {
	const flag, next = "  --seccomp allow:", ` \`
	line := "  --seccomp 'errno=EPERM:*'"
	var lines []string
	for i, call := range calls {
		if i > 0 && len(line)+len(",")+len(call)+len(next) <= width {
			line += "," + call
			continue
		}
		lines = append(lines, line+next)
		line = flag + call
	}
	return append(lines, line)
}

// allowlist adds what the child needs until its execve.
func allowlist(names []string) (list, added []string) {
	for _, need := range steps.NeededToStart() {
		if !slices.Contains(names, need) {
			added = append(added, need)
		}
	}
	return slices.Sorted(slices.Values(append(names, added...))), added
}

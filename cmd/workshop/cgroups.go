package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/pkg/cgroup"
	"github.com/how-to-be-a-container/workshop/pkg/lang"
	"github.com/how-to-be-a-container/workshop/pkg/observe"
	"github.com/how-to-be-a-container/workshop/pkg/ui"
)

func newCgroupsCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "cgroups [PID]",
		Short: "This kernel's cgroup controllers, and where a process is",
		Long: `List the cgroup trees of this machine, the controllers of its kernel, and the
group of a process in each; without PID, of this one. Nothing is guessed from
paths: it is what /proc/self/mountinfo, /proc/cgroups, /proc/PID/cgroup and
cgroup.controllers say. See cgroups(7).`,
		Args: args(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			pid, err := pidArg(args)
			if err != nil {
				return err
			}
			if err := shown(pid); err != nil {
				return err
			}
			s, err := cgroup.Look(pid)
			if err != nil {
				return err
			}
			if asJSON {
				s.Mounts, s.Controllers = notNull(s.Mounts), notNull(s.Controllers)
				return json.NewEncoder(cmd.OutOrStdout()).Encode(s)
			}
			return showSurvey(ui.New(cmd.OutOrStdout()), s)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return cmd
}

// pidArg is the process that is asked about, or this one.
func pidArg(args []string) (int, error) {
	if len(args) == 0 {
		return os.Getpid(), nil
	}
	pid, err := strconv.Atoi(args[0])
	if err != nil || pid < 1 {
		return 0, usageError{fmt.Errorf("%q is no process ID; ps -e shows them", args[0])}
	}
	return pid, nil
}

// shown says why /proc does not show a process.
func shown(pid int) error {
	_, err := observe.TakeStatus(pid)
	if errors.Is(err, unix.ESRCH) {
		return usageError{err}
	}
	return err
}

var worlds = map[string]string{
	cgroup.WorldV2:     lang.N("version 2: one tree with all controllers"),
	cgroup.WorldHybrid: lang.N("hybrid: controllers on trees of version 1, and one tree of version 2 beside them"),
	cgroup.WorldV1:     lang.N("version 1: a tree for each controller"),
	cgroup.WorldNone:   lang.N("no cgroup tree is mounted here"),
}

// limits says what a controller is for; see cgroups(7).
var limits = map[string]string{
	"cpu": lang.N("share of CPU time"), "cpuacct": lang.N("counts CPU time"), "cpuset": lang.N("which CPUs and memory nodes"),
	"memory": lang.N("bytes of memory"), "blkio": lang.N("disk bandwidth (io)"), "io": lang.N("disk bandwidth"), "pids": lang.N("number of processes"),
	"devices": lang.N("which devices"), "freezer": lang.N("stop and go on"), "net_cls": lang.N("tags packets"), "net_prio": lang.N("priority of packets"),
	"perf_event": lang.N("perf per group"), "hugetlb": lang.N("huge pages"), "rdma": lang.N("RDMA objects"), "misc": lang.N("other counted things"),
	"dmem": lang.N("device memory"), "debug": lang.N("shows the kernel's own counts"),
}

func showSurvey(screen *ui.UI, s cgroup.Survey) error {
	screen.Title("cgroups", "")
	screen.Text(lang.T(worlds[s.World]), 0)
	screen.Line("")
	if s.World == cgroup.WorldNone {
		showControllers(screen, s)
		return screen.Err()
	}
	showTrees(screen, s)
	screen.Line("")
	showControllers(screen, s)
	screen.Line("")
	showGroups(screen, s)
	if by := mountedBy(); by != "" {
		screen.Line("")
		screen.Text(by, 0)
	}
	return screen.Err()
}

func showTrees(screen *ui.UI, s cgroup.Survey) {
	var rows [][]string
	for _, m := range s.Mounts {
		rows = append(rows, []string{fmt.Sprint("v", m.Version), m.At + readOnlyMark(m), contents(m)})
	}
	screen.Table([]string{lang.T("TREE"), lang.T("MOUNTED AT"), lang.T("CONTROLLERS")}, rows)
}

func showControllers(screen *ui.UI, s cgroup.Survey) {
	var rows [][]string
	for _, c := range s.Controllers {
		rows = append(rows, []string{c.Name, lang.T(limits[c.Name]), where(c)})
	}
	screen.Table([]string{lang.T("CONTROLLER"), lang.T("LIMITS"), lang.T("ON")}, rows)
}

// showGroups says where the process is: a tree has one place for each process.
func showGroups(screen *ui.UI, s cgroup.Survey) {
	var order []string
	counted := map[string]string{}
	for _, m := range s.Mounts {
		if counted[m.Group] == "" {
			order = append(order, m.Group)
		}
		counted[m.Group] += " " + inTree(m)
	}
	for _, group := range order {
		screen.Line(lang.F("Process %d is in  %s", s.PID, screen.Strong(observe.Printable(group))))
		screen.Text(lang.F("for%s", counted[group]), 2)
	}
}

func inTree(m cgroup.Mount) string {
	if len(m.Controllers) == 0 {
		return m.At
	}
	return strings.Join(m.Controllers, " ")
}

func readOnlyMark(m cgroup.Mount) string {
	if m.ReadOnly {
		return lang.T(" (read-only)")
	}
	return ""
}

// contents is what a tree has: its controllers, or nothing but groups.
func contents(m cgroup.Mount) string {
	if len(m.Controllers) == 0 {
		return lang.T("none: it only groups")
	}
	return strings.Join(m.Controllers, " ")
}

func where(c cgroup.Controller) string {
	switch {
	case !c.Enabled:
		return lang.T("switched off")
	case c.Version == 0:
		return lang.T("not mounted")
	}
	return fmt.Sprint("v", c.Version)
}

// mountedBy names PID 1, which mounts the trees at boot: the kernel keeps no
// record of who mounted what.
func mountedBy() string {
	name, err := cgroup.Read("/proc/1/comm")
	if err != nil {
		return ""
	}
	if name == "systemd" {
		return lang.T("PID 1 is systemd: it mounted these trees, and gives each service, session and user a group of its own.")
	}
	return lang.F("PID 1 is %s, not systemd. The kernel keeps no record of who mounted a tree; at boot that is PID 1's work, or its starter's.", observe.Printable(name))
}

package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/pkg/container/journal"
	"github.com/how-to-be-a-container/workshop/pkg/lang"
	"github.com/how-to-be-a-container/workshop/pkg/observe"
	"github.com/how-to-be-a-container/workshop/pkg/steps"
	"github.com/how-to-be-a-container/workshop/pkg/ui"
)

func newNamespacesCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "namespaces [PID...]",
		Aliases: []string{"ns"},
		Short:   "Which namespaces the host and a container share",
		Long: `Draw the namespaces of the host beside those of a process, from the inode
numbers in /proc/PID/ns: the same number is the same namespace. Without PID, of
every container that runs. See namespaces(7).`,
		Example: `  sudo workshop 4                (in another terminal)
  sudo workshop namespaces
  sudo workshop namespaces 4711 --json`,
		RunE: func(cmd *cobra.Command, args []string) error {
			picture, err := lookAtNamespaces(args)
			if err != nil {
				return err
			}
			if asJSON {
				return json.NewEncoder(cmd.OutOrStdout()).Encode(picture)
			}
			return picture.show(ui.New(cmd.OutOrStdout()))
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return cmd
}

// member is one process and the namespaces that it is in.
type member struct {
	PID        int               `json:"pid"`
	Command    string            `json:"command"`
	Namespaces map[string]uint64 `json:"namespaces"`       // inode numbers, by kind
	Shared     []string          `json:"shared,omitempty"` // the kinds that it shares with the host
	Detail     map[string]string `json:"detail,omitempty"` // what is different inside, by kind
}

// picture is the host and the processes to compare with it.
type picture struct {
	Host      member   `json:"host"`
	Processes []member `json:"processes"`
}

func lookAtNamespaces(args []string) (*picture, error) {
	p := &picture{}
	host, err := observe.Take(1)
	if err != nil || len(host.Namespaces) == 0 { // it is shown to root only, and inside of a container not even to root
		host, err = observe.Take(os.Getpid())
	}
	if err != nil {
		return nil, err
	}
	p.Host = memberOf(host)
	for _, arg := range args {
		pid, err := pidArg([]string{arg})
		if err == nil {
			err = p.add(pid)
		}
		if errors.Is(err, unix.ESRCH) {
			err = usageError{err}
		}
		if err != nil {
			return nil, err
		}
	}
	if len(args) == 0 {
		err = p.addRunning()
	}
	return p, err
}

// addRunning adds the containers that run, or this process where none does.
func (p *picture) addRunning() error {
	infos, err := journal.Running()
	if err != nil && !errors.Is(err, os.ErrPermission) {
		return fmt.Errorf("read what runs: %w", err)
	}
	for _, info := range infos {
		if err := p.add(info.PID); err != nil && !errors.Is(err, unix.ESRCH) { // it may end meanwhile
			return err
		}
	}
	if len(p.Processes) == 0 {
		return p.add(os.Getpid())
	}
	return nil
}

// hidden is a process whose namespaces we may not see: PTRACE_MODE_READ in ptrace(2).
func hidden(pid int) error {
	advice := fmt.Sprintf("try: sudo workshop namespaces %d", pid)
	if os.Geteuid() == 0 {
		advice = "it has capabilities that we have not, or is in another user namespace: are we in a container?"
	}
	return fmt.Errorf("the kernel does not show the namespaces of process %d to this user; %s", pid, advice)
}

// add looks at one more process.
func (p *picture) add(pid int) error {
	s, err := observe.Take(pid)
	if err != nil {
		return err
	}
	switch {
	case s.Ended():
		return fmt.Errorf("process %d has ended: %w", pid, unix.ESRCH)
	case len(s.Namespaces) == 0:
		return hidden(pid)
	}
	p.Processes = append(p.Processes, p.compare(s))
	return nil
}

func memberOf(s *observe.Snapshot) member {
	m := member{PID: s.PID, Command: s.Get("Name"), Namespaces: map[string]uint64{}}
	for _, kind := range steps.NamespaceKinds() {
		if ns, ok := s.Namespaces[kind]; ok {
			m.Namespaces[kind] = ns.Inode
		}
	}
	return m
}

// compare says of each kind whether it is the host's, and else what is inside.
func (p *picture) compare(s *observe.Snapshot) member {
	m := memberOf(s)
	m.Detail = map[string]string{}
	for _, kind := range steps.NamespaceKinds() {
		switch inode, ok := m.Namespaces[kind]; {
		case !ok:
		case inode == p.Host.Namespaces[kind]:
			m.Shared = append(m.Shared, kind)
		default:
			m.Detail[kind] = detail(kind, s)
		}
	}
	return m
}

// detail is what /proc tells from outside of the inside of a namespace.
func detail(kind string, s *observe.Snapshot) string {
	switch kind {
	case "pid":
		inside := strings.Fields(s.Get("NSpid"))
		return lang.F("here %d, inside %s", s.PID, inside[len(inside)-1])
	case "mnt":
		if len(s.Mounts) == 1 { // after a chroot others are in it, and out of reach
			return lang.T("1 mount within its root")
		}
		return lang.F("%d mounts within its root", len(s.Mounts))
	case "net":
		return lang.F("interfaces: %s", strings.Join(interfacesOf(s.PID), " "))
	case "cgroup":
		return lang.T("its / is a group of its own")
	case "time":
		for _, offset := range strings.Split(s.TimeOffsets, ", ") {
			if f := strings.Fields(offset); len(f) == 3 && f[0] == "boottime" {
				return lang.F("CLOCK_BOOTTIME %s s", f[1])
			}
		}
	case "user":
		if f := strings.Fields(s.UIDMap); len(f) >= 3 {
			return lang.F("user %s is %s outside", f[0], f[1])
		}
	case "ipc":
		return lang.T("own memory segments and queues")
	case "uts":
		return lang.T("own hostname")
	}
	return ""
}

// interfacesOf reads /proc/PID/net/dev, which is of that process's namespace.
func interfacesOf(pid int) []string {
	f, err := os.Open(fmt.Sprintf("/proc/%d/net/dev", pid))
	if err != nil {
		return nil
	}
	defer f.Close()
	var names []string
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if name, _, ok := strings.Cut(lines.Text(), ":"); ok {
			names = append(names, strings.TrimSpace(name))
		}
	}
	return names
}

// show draws each process beside the host. What is shared is joined.
func (p *picture) show(screen *ui.UI) error {
	for i, m := range p.Processes {
		if i > 0 {
			screen.Line("")
		}
		p.draw(screen, m)
	}
	if len(p.Processes) == 1 && p.Processes[0].PID == os.Getpid() {
		screen.Text(lang.T("This is workshop itself. Start a container in another terminal, sudo workshop 4, and look again."), 2)
	}
	return screen.Err()
}

const (
	boxTop    = "┌────────────┐"
	boxBottom = "└────────────┘"
)

func (p *picture) draw(screen *ui.UI, m member) {
	screen.Line(strings.Repeat(" ", 10) + ui.Pad(ui.Cut(lang.F("host: %d %s", p.Host.PID, observe.Printable(p.Host.Command)), 21), 22) +
		screen.Strong(fmt.Sprintf("%d %s", m.PID, observe.Printable(m.Command))))
	screen.Line(strings.Repeat(" ", 10) + boxTop + strings.Repeat(" ", 8) + boxTop)
	for _, kind := range steps.NamespaceKinds() {
		if inode, ok := m.Namespaces[kind]; ok {
			screen.Line(p.row(screen, kind, inode, observe.Printable(m.Detail[kind])))
		}
	}
	screen.Line(strings.Repeat(" ", 10) + boxBottom + strings.Repeat(" ", 8) + boxBottom)
}

func (p *picture) row(screen *ui.UI, kind string, inode uint64, detail string) string {
	host := p.Host.Namespaces[kind]
	row := "  " + screen.Key(fmt.Sprintf("%-8s", kind)) + fmt.Sprintf("│ %-10s ", strconv.FormatUint(host, 10))
	number := strconv.FormatUint(inode, 10)
	if host == inode {
		return row + "╞════════╡ " + fmt.Sprintf("%-10s", number) + " │  " + screen.DimWord(lang.T("shared"))
	}
	return row + "│        │ " + screen.GoodWord(fmt.Sprintf("%-10s", number)) + " │  " + detail
}

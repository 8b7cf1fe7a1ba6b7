package steps

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/pkg/nearest"
)

// netnsDir is where ip netns add keeps network namespaces by name; see ip-netns(8).
const netnsDir = "/run/netns"

// joinable are the kinds that one of several threads can enter, with a root
// directory that it shares with the others: setns(2).
var joinable = []string{"cgroup", "ipc", "net", "pid", "uts"}

// joined is the file of the namespace of that kind to enter, or "".
func (n *NamespaceSettings) joined(kind string) string {
	for _, j := range n.Join {
		if k, target, _ := strings.Cut(j, "="); k == kind {
			return namespaceFile(kind, target)
		}
	}
	return ""
}

// namespaceFile understands a pid, a path and, for net, a name of ip-netns(8).
func namespaceFile(kind, target string) string {
	if _, err := strconv.Atoi(target); err == nil {
		return "/proc/" + target + "/ns/" + kind
	}
	if strings.Contains(target, "/") || kind != "net" {
		return target
	}
	return filepath.Join(netnsDir, target)
}

// setns enters the namespaces to join among the kinds: setns(2), which is about
// the calling thread alone.
func (n *NamespaceSettings) setns(kinds ...string) error {
	for _, kind := range kinds {
		file := n.joined(kind)
		if file == "" {
			continue
		}
		fd, err := unix.Open(file, unix.O_RDONLY|unix.O_CLOEXEC, 0)
		if err != nil {
			return &Error{"open", file, err}
		}
		err = unix.Setns(fd, NamespaceFlag(kind))
		unix.Close(fd)
		if err != nil {
			return &Error{"setns", file, err}
		}
	}
	return nil
}

func (n *NamespaceSettings) checkJoins() error {
	var seen []string
	for _, j := range n.Join {
		kind, target, ok := strings.Cut(j, "=")
		switch {
		case !ok || target == "":
			return fmt.Errorf("join %q: want KIND=NAME, KIND=PID or KIND=PATH, such as net=blue or uts=4711", j)
		case kind == "mnt" || kind == "time" || kind == "user":
			return fmt.Errorf("join %s: setns(2) lets in only who has one thread, or for mnt a root directory that no other shares, and this program has several; workshop exec enters all of a container", j)
		case !slices.Contains(joinable, kind):
			return fmt.Errorf("join %s: no namespace %q%s; these can be joined: %s",
				j, kind, kindMeant(kind, joinable), strings.Join(joinable, ", "))
		case n.New(kind) || slices.Contains(seen, kind):
			return fmt.Errorf("join %s: a process is in one %s namespace; leave out the other", j, kind)
		case n.New("user"):
			return fmt.Errorf("join %s: root of a new user namespace has no right to enter what was made outside of it", j)
		}
		if err := isNamespace(kind, namespaceFile(kind, target)); err != nil {
			return fmt.Errorf("join %s: %w", j, err)
		}
		seen = append(seen, kind)
	}
	return nil
}

// isNamespace asks the kernel whether the file is a namespace of that kind: see
// NS_GET_NSTYPE in ioctl_nsfs(2).
func isNamespace(kind, file string) error {
	f, err := os.Open(file)
	if err != nil {
		return whichNamespaces(file, err)
	}
	defer f.Close()
	flag, err := unix.IoctlRetInt(int(f.Fd()), unix.NS_GET_NSTYPE)
	if errors.Is(err, unix.ENOTTY) {
		return fmt.Errorf("%s is no namespace: %w; those of a process are in /proc/PID/ns, and ip netns keeps its own in %s", file, err, netnsDir)
	}
	if err != nil {
		return &Error{"ioctl NS_GET_NSTYPE", file, err}
	}
	if flag != NamespaceFlag(kind) {
		return fmt.Errorf("%s is a namespace, but not of the kind %s", file, kind)
	}
	return nil
}

// whichNamespaces says what there is, where the named one is not.
func whichNamespaces(file string, err error) error {
	name, isName := strings.CutPrefix(file, netnsDir+"/")
	switch {
	case strings.HasPrefix(file, "/proc/") && os.IsNotExist(err):
		return fmt.Errorf("%w; there is no such process", err)
	case !isName || !os.IsNotExist(err):
		return err
	}
	var names []string
	entries, _ := os.ReadDir(netnsDir)
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if len(names) == 0 {
		return fmt.Errorf("%w; there is none of that name; make it: ip netns add %s", err, name)
	}
	return fmt.Errorf("%w%s; there are: %s", err, nearest.Hint(name, names), strings.Join(names, ", "))
}

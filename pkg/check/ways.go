package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/moby/sys/mountinfo"

	"github.com/how-to-be-a-container/workshop/pkg/lang"
	"github.com/how-to-be-a-container/workshop/pkg/observe"
)

// waysBack names what the shell has open that leads to the host, whatever its root
// is: a directory outside of it, or another namespace. The first three descriptors
// are those that it was given.
func waysBack(s, host *observe.Snapshot, mounts []*mountinfo.Info) []string {
	var ways []string
	if outside(s.PID, "cwd", host, mounts) {
		ways = append(ways, lang.F("the working directory is %s", harmless(s.Cwd.Path)))
	}
	for _, fd := range s.FDs {
		if fd.Number <= 2 {
			continue
		}
		if otherNamespace(s, fd.Target) || outside(s.PID, fmt.Sprint("fd/", fd.Number), host, mounts) {
			ways = append(ways, lang.F("descriptor %d is %s", fd.Number, harmless(fd.Target)))
		}
	}
	return ways
}

// otherNamespace tells whether a descriptor such as "mnt:[4026531841]" is a
// namespace that the process is not in.
func otherNamespace(s *observe.Snapshot, target string) bool {
	kind, _, ok := strings.Cut(target, ":[")
	own, known := s.Namespaces[kind]
	return ok && known && own.Link != target
}

// outside tells whether a link in /proc/PID is a directory of a filesystem of the
// host, and not below the root of the process.
func outside(pid int, link string, host *observe.Snapshot, mounts []*mountinfo.Info) bool {
	here, err := linked(pid, link)
	if err != nil || here.dev != host.Root.Dev && !slices.ContainsFunc(mounts, func(m *mountinfo.Info) bool { return unixDev(m) == here.dev }) {
		return false
	}
	below, err := inside(pid, link)
	return err == nil && !below
}

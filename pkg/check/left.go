package check

import (
	"fmt"
	"os"
	"strings"

	"github.com/moby/sys/mountinfo"
	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/pkg/lang"
)

func unixDev(m *mountinfo.Info) uint64 { return unix.Mkdev(uint32(m.Major), uint32(m.Minor)) }

// leftovers tells what the program made on the host and did not take back. Its
// mounts end with this run; by hand they would stay. Its groups stay.
func (r *run) leftovers(e *evidence) []string {
	var told []string
	now, _ := mountsOf(r.thread)
	var mounts []*mountinfo.Info
	for _, m := range now {
		if !known(m, r.mounts) {
			mounts = append(mounts, m)
		}
	}
	if len(mounts) > 0 {
		told = append(told, lang.F("It left mounts behind outside of its container, which went with this run and would stay when you start it by hand: %s.", mountNames(mounts)))
	}
	var left []string
	for _, dir := range e.newGroups {
		if empty(dir) {
			left = append(left, harmless(dir))
		}
	}
	if len(left) > 0 {
		told = append(told, lang.F("There is a new empty cgroup: %s. If your program has made it, take it away with rmdir, or let the program do that.", strings.Join(left, ", ")))
	}
	if names := e.living(); len(names) > 0 && e.lesson > 1 {
		told = append(told, lang.F("It left processes behind, which were ended: %s.", strings.Join(names, ", ")))
	}
	return told
}

// living names those that were left alive: a zombie is no trouble by itself.
func (e *evidence) living() []string {
	var names []string
	for i, p := range e.left {
		if !p.zombie() {
			names = append(names, e.leftNames[i])
		}
	}
	return names
}

func known(m *mountinfo.Info, before []*mountinfo.Info) bool {
	for _, b := range before {
		if b.ID == m.ID {
			return true
		}
	}
	return false
}

// empty tells whether a group is there and has no process.
func empty(dir string) bool {
	b, err := os.ReadFile(fmt.Sprintf("%s/cgroup.procs", dir))
	return err == nil && len(b) == 0
}

package steps

import (
	"fmt"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/pkg/cgroup"
)

// Cgroup limits how many processes and threads there can be: pids.max, in a
// cgroup of its own. See cgroups(7).
var Cgroup = &Step{
	Name:    "cgroup",
	Lesson:  5,
	Does:    "pids.max: a limit on the number of processes",
	Check:   checkCgroup,
	AtClone: makeGroup,
	Verify:  pidsMaxHolds,
}

func makeGroup(s *Spec, r *Run, _ *unix.SysProcAttr) error {
	if r.Cgroup == "" {
		return noGroup(r.Tree, r.NoCgroup)
	}
	// Version 2: a group has a controller only where its parent passes it on.
	if r.Tree.Version == 2 {
		file := r.Cgroup + "/cgroup.subtree_control"
		if err := cgroup.Write(file, "+pids"); err != nil {
			return &Error{"write +pids", file, err}
		}
	}
	// A mkdir makes the group; the kernel fills the directory with its files.
	r.BirthGroup = r.Cgroup + "/limited"
	if err := unix.Mkdir(r.BirthGroup, 0o755); err != nil {
		return &Error{"mkdir", r.BirthGroup, err}
	}
	// Before the first member: no fork may come before its limit.
	max := fmt.Sprint(s.Cgroup.limit())
	if err := cgroup.Write(r.BirthGroup+"/pids.max", max); err != nil {
		return &Error{"write " + max, r.BirthGroup + "/pids.max", err}
	}
	// The child is born into r.BirthGroup: by clone3 with CLONE_INTO_CGROUP on
	// version 2; on version 1 from a parent that is in the group meanwhile.
	return nil
}

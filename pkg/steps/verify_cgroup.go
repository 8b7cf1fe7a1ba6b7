package steps

import (
	"fmt"

	"github.com/how-to-be-a-container/workshop/pkg/cgroup"
)

// pidsMaxHolds asks the kernel where the child is, and what pids.max is there.
func pidsMaxHolds(s *Spec, r *Run) error {
	dir, err := r.Tree.Of(r.PID, "pids")
	if err != nil {
		return err
	}
	if dir != r.BirthGroup {
		return fmt.Errorf("the child is in %s and not in %s", dir, r.BirthGroup)
	}
	pids, err := cgroup.ReadPids(dir)
	if err != nil {
		return err
	}
	if pids.Max != s.Cgroup.limit() {
		return fmt.Errorf("%s/pids.max reads %s, not %d", dir, pids.Limit(), s.Cgroup.limit())
	}
	return nil
}

package bomb

import (
	"time"

	"github.com/how-to-be-a-container/workshop/pkg/cgroup"
)

// looks is how often a number above the limit is read, with longer and longer
// pauses: 127 ms in all.
const looks = 8

// settled reads until the number of processes is within the limit. The kernel
// counts a fork before it refuses it (pids_try_charge of kernel/cgroup/pids.c), so
// for an instant there is one more than there is; and where the bomb has to wait for
// a CPU just there, the instant is long. What stays above the limit is really there,
// and is given as it is.
func settled(read func() (cgroup.Pids, error)) (cgroup.Pids, error) {
	pids, err := read()
	pause := time.Millisecond
	for n := 1; n < looks && err == nil && pids.Max != cgroup.NoLimit && pids.Current > pids.Max; n++ {
		time.Sleep(pause)
		pause *= 2
		pids, err = read()
	}
	return pids, err
}

package steps

import (
	"errors"
	"fmt"
	"os"

	"github.com/moby/sys/mountinfo"
)

// rootIsNew asks the kernel what / is to the child: it must be s.Root, by device
// and inode and not by name.
func rootIsNew(s *Spec, r *Run) error {
	got, err := os.Stat(fmt.Sprintf("/proc/%d/root/", r.PID))
	if err != nil {
		return err
	}
	want, err := os.Stat(s.Root)
	if err != nil {
		return err
	}
	if !os.SameFile(got, want) {
		return fmt.Errorf("the child's / is not %s", s.Root)
	}
	return nil
}

// oldRootIsGone reads the child's mount table: the host's root may not be in it,
// not even hidden under another mount.
func oldRootIsGone(s *Spec, r *Run) error {
	host, err := mountinfo.GetMounts(mountinfo.SingleEntryFilter("/"))
	if err != nil {
		return err
	}
	f, err := os.Open(fmt.Sprintf("/proc/%d/mountinfo", r.PID))
	if err != nil {
		return err
	}
	defer f.Close()
	left, err := mountinfo.GetMountsFromReader(f, func(m *mountinfo.Info) (skip, stop bool) {
		return len(host) == 0 || m.Major != host[0].Major || m.Minor != host[0].Minor || m.Root != host[0].Root, false
	})
	if err == nil && len(left) > 0 {
		err = fmt.Errorf("the host's root is still mounted at %s", left[0].Mountpoint)
	}
	return errors.Join(err, rootIsNew(s, r))
}

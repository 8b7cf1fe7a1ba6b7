package steps

import (
	"errors"
	"fmt"
	"os"

	"github.com/moby/sys/mountinfo"
)

// namespacesHold compares the links of the child with those of this thread, by
// device and inode as namespaces(7) says: what is new must differ, what is
// joined must be the named one, and all else must be the same.
func namespacesHold(s *Spec, r *Run) error {
	n := &s.Namespaces
	var errs []error
	for _, kind := range NamespaceKinds() {
		child := fmt.Sprintf("/proc/%d/ns/%s", r.PID, kind)
		same, differs := "/proc/thread-self/ns/"+kind, n.New(kind)
		if file := n.joined(kind); file != "" {
			same = file
		}
		if kind == "mnt" && s.Has("pivot-root") {
			differs = true
		}
		errs = append(errs, compareNamespaces(child, same, differs))
	}
	if n.New("user") {
		errs = append(errs, rootIsNobody(r.PID))
	}
	if s.mountsProc() {
		errs = append(errs, procIsMounted(s, r.PID))
	}
	return errors.Join(errs...)
}

func compareNamespaces(child, other string, differs bool) error {
	a, err := os.Stat(child)
	if errors.Is(err, os.ErrNotExist) && !differs {
		return nil // of a kind that this kernel does not have
	}
	if err != nil {
		return err
	}
	b, err := os.Stat(other)
	if err != nil {
		return err
	}
	switch same := os.SameFile(a, b); {
	case same && differs:
		return fmt.Errorf("%s is the namespace of %s", child, other)
	case !same && !differs:
		return fmt.Errorf("%s is not the namespace of %s", child, other)
	}
	return nil
}

// rootIsNobody reads who the child's user and group 0 are: user_namespaces(7).
func rootIsNobody(pid int) error {
	for _, name := range []string{"uid_map", "gid_map"} {
		file := fmt.Sprintf("/proc/%d/%s", pid, name)
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		var inside, outside, size int
		_, err = fmt.Sscan(string(text), &inside, &outside, &size)
		if err != nil || inside != 0 || outside != Nobody || size != 1 {
			return fmt.Errorf("%s reads %q", file, text)
		}
	}
	return nil
}

// procIsMounted looks for the new /proc in the child's mount table.
func procIsMounted(s *Spec, pid int) error {
	f, err := os.Open(fmt.Sprintf("/proc/%d/mountinfo", pid))
	if err != nil {
		return err
	}
	defer f.Close()
	mounts, err := mountinfo.GetMountsFromReader(f, mountinfo.SingleEntryFilter(s.Root+"/proc"))
	if err != nil {
		return err
	}
	if len(mounts) == 0 || mounts[len(mounts)-1].FSType != "proc" {
		return fmt.Errorf("no proc is mounted on %s", s.Root+"/proc")
	}
	return nil
}

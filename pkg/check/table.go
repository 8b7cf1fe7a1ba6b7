package check

import (
	"fmt"
	"os"
	"slices"

	"github.com/moby/sys/mountinfo"
	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/internal/thread"
)

// wholeTable reads the mount table of a process's mount namespace from its top:
// what the process's own root hides is there, too. See mount_namespaces(7).
func wholeTable(pid int) (table []*mountinfo.Info, err error) {
	ns, err := os.Open(fmt.Sprintf("/proc/%d/ns/mnt", pid))
	if err != nil {
		return nil, err
	}
	defer ns.Close()
	err = inMounts(ns, func(self *os.File) error {
		table, err = tableOf(self)
		return err
	})
	return table, err
}

// inMounts calls do on a thread at the top of a mount namespace. self is the
// thread's directory of /proc, for there may be none.
func inMounts(ns *os.File, do func(self *os.File) error) error {
	return thread.Do(func() error {
		self, err := os.Open("/proc/thread-self")
		if err != nil {
			return err
		}
		defer self.Close()
		if err := unix.Unshare(unix.CLONE_FS); err != nil {
			return os.NewSyscallError("unshare", err)
		}
		if err := enterMounts(ns); err != nil {
			return err
		}
		return do(self)
	})
}

// enterMounts enters a mount namespace: / is its topmost mount then.
func enterMounts(ns *os.File) error {
	return os.NewSyscallError("setns", unix.Setns(int(ns.Fd()), unix.CLONE_NEWNS))
}

func tableOf(self *os.File) ([]*mountinfo.Info, error) {
	f, err := openat(self, "mountinfo")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return mountinfo.GetMountsFromReader(f, nil)
}

func openat(dir *os.File, name string) (*os.File, error) {
	fd, err := unix.Openat(int(dir.Fd()), name, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, os.NewSyscallError("openat", err)
	}
	return os.NewFile(uintptr(fd), name), nil
}

// lonely opens the mount namespace of a process, where nobody is in it but the
// descendants; else it is nil.
func (r *run) lonely(pid int) *os.File {
	name := func(pid int) string {
		link, _ := os.Readlink(fmt.Sprintf("/proc/%d/ns/mnt", pid))
		return link
	}
	ours, own := r.descendants(), name(pid)
	for _, p := range all() {
		if !has(ours, p.pid) && name(p.pid) == own {
			return nil
		}
	}
	if link, _ := os.Readlink(fmt.Sprintf("/proc/self/task/%d/ns/mnt", r.thread)); link == own {
		return nil
	}
	ns, _ := os.Open(fmt.Sprintf("/proc/%d/ns/mnt", pid))
	return ns
}

// maxBeneath is how many mounts may lie on each other.
const maxBeneath = 16

// beneath lists the mounts of the host under the topmost one of a namespace, where
// mount --move and chroot(2) leave the old root: who unmounts / is there. It is
// asked when the namespace is nobody's any more.
func beneath(ns *os.File, host []*mountinfo.Info) (found []*mountinfo.Info) {
	copied := ofOurUser(ns)
	_ = inMounts(ns, func(self *os.File) error {
		if copied {
			own, err := copyMounts(self)
			if err != nil {
				return err
			}
			defer own.Close()
			ns = own
		}
		for range maxBeneath {
			if err := uncover(ns); err != nil {
				return err
			}
			table, err := tableOf(self)
			if err != nil {
				return err
			}
			found = append(found, slices.DeleteFunc(ofTheHost(table, host, 0), bottom)...)
		}
		return nil
	})
	return found
}

// ofOurUser tells whether a mount namespace belongs to our user namespace. In our
// copy of another's all mounts are locked: mount_namespaces(7).
func ofOurUser(ns *os.File) bool {
	fd, err := unix.IoctlRetInt(int(ns.Fd()), unix.NS_GET_USERNS)
	if err != nil {
		return true
	}
	defer unix.Close(fd)
	owner, err := identity(fd, "")
	ours, err2 := linked(os.Getpid(), "ns/user")
	return err != nil || err2 != nil || owner.dev == ours.dev && owner.ino == ours.ino
}

// copyMounts gives this thread a copy of its mounts, from which nothing spreads.
func copyMounts(self *os.File) (*os.File, error) {
	if err := unix.Unshare(unix.CLONE_NEWNS); err != nil {
		return nil, err
	}
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return nil, err
	}
	return openat(self, "ns/mnt")
}

// bottom tells whether a mount is the kernel's first, which is under everything,
// and can be the host's root too where it started from an initramfs.
func bottom(m *mountinfo.Info) bool { return m.FSType == "rootfs" }

// uncover takes the topmost mount of this thread's namespace off, as somebody
// inside could: one that is locked, or has nothing below it, stays.
func uncover(own *os.File) error {
	if err := unix.Unmount("/", unix.MNT_DETACH); err != nil {
		return err
	}
	return enterMounts(own)
}

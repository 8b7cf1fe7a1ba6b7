package demo

import (
	"errors"
	"fmt"
	"path/filepath"
	"syscall"

	"github.com/moby/sys/mountinfo"
	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/internal/thread"
	"github.com/how-to-be-a-container/workshop/pkg/container"
	"github.com/how-to-be-a-container/workshop/pkg/lang"
	"github.com/how-to-be-a-container/workshop/pkg/ui"
)

// PivotConditions breaks each condition that pivot_root(2) lists, one at a time,
// and then none.
var PivotConditions = &Demo{
	Name:   "pivot-conditions",
	Lesson: 3,
	Shows:  "each condition of pivot_root(2), broken once",
	Inside: pivotConditions,
}

// condition is one rule, and a call that breaks it.
type condition struct {
	rule            string // as the man page has it
	prepare         func() error
	newRoot, putOld string
	want            syscall.Errno // 0: the call succeeds
	because         string
}

// root is a mount point that is not the current root: what pivot_root wants.
const root = container.Root

// conditions are the rules in the order of the man page.
func conditions() []condition {
	return []condition{
		{
			rule:    lang.T("new_root and put_old must be directories"),
			newRoot: root + "/etc/passwd", putOld: root + "/etc/passwd",
			want: unix.ENOTDIR, because: lang.T("new_root is a file"),
		},
		{
			rule:    lang.T("new_root must not be on the same mount as the current root"),
			newRoot: "/", putOld: "/",
			want: unix.EBUSY, because: lang.T("there would be nothing to swap: it is the current root"),
		},
		{
			rule:    lang.T("put_old must not be on the same mount as the current root either"),
			newRoot: root, putOld: "/",
			want: unix.EBUSY, because: lang.T("the old root cannot be put onto itself"),
		},
		{
			rule:    lang.T("put_old must be at or underneath new_root"),
			prepare: func() error { return mountTmpfs(elsewhere()) },
			newRoot: root, putOld: elsewhere(),
			want: unix.EINVAL, because: lang.T("the old root would land where nobody can reach it"),
		},
		{
			rule:    lang.T("new_root must be a mount point"),
			newRoot: root + "/etc", putOld: root + "/etc",
			want: unix.EINVAL, because: lang.T("an ordinary directory is no mount; bind it to itself and it is one"),
		},
		{
			rule:    lang.T("the mounts above new_root and above the current root must not be shared"),
			prepare: shareAllButRoot,
			newRoot: root, putOld: root,
			want: unix.EINVAL, because: lang.T("other mount namespaces would see the swap"),
		},
		{
			rule:    lang.T("put_old, where it is a mount point, must not be shared"),
			prepare: func() error { return errors.Join(mountTmpfs(root+"/etc"), share(root+"/etc", 0)) },
			newRoot: root, putOld: root + "/etc",
			want: unix.EINVAL, because: lang.T("other namespaces would see the old root there"),
		},
		{
			rule:    lang.T("the current root must be a mount point"),
			prepare: func() error { return errors.Join(unix.Chroot(filepath.Dir(root)), unix.Chdir("/")) },
			newRoot: "/" + filepath.Base(root), putOld: "/" + filepath.Base(root),
			want: unix.EINVAL, because: lang.T("chroot has made an ordinary directory the root"),
		},
		{
			rule:    lang.T("the caller must have CAP_SYS_ADMIN in the user namespace that owns its mounts"),
			prepare: dropSysAdmin,
			newRoot: root, putOld: root,
			want: unix.EPERM, because: lang.T("root without this capability is not enough"),
		},
		{
			rule:    lang.T("nothing is broken"),
			newRoot: root, putOld: root,
			because: lang.T("so it succeeds"),
		},
	}
}

func elsewhere() string { return filepath.Join(filepath.Dir(root), "scratch") }

func mountTmpfs(dir string) error { return unix.Mount("tmpfs", dir, "tmpfs", 0, "") }

func share(dir string, flags uintptr) error {
	return unix.Mount("", dir, "", unix.MS_SHARED|flags, "")
}

// shareAllButRoot leaves root private: it is put_old too, whose rule is another one.
func shareAllButRoot() error {
	return errors.Join(share("/", unix.MS_REC), unix.Mount("", root, "", unix.MS_PRIVATE, ""))
}

// dropSysAdmin takes CAP_SYS_ADMIN from this thread's effective set; see capset(2).
func dropSysAdmin() error {
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var data [2]unix.CapUserData
	if err := unix.Capget(&header, &data[0]); err != nil {
		return err
	}
	data[0].Effective &^= 1 << unix.CAP_SYS_ADMIN
	return unix.Capset(&header, &data[0])
}

// hasRoot is an error where the calls have no new root.
func hasRoot() error {
	mounted, err := mountinfo.Mounted(root)
	if err == nil && mounted {
		return nil
	}
	return errors.New(lang.F("nothing is mounted on %s, the new root of its calls", root))
}

func pivotConditions(screen *ui.UI) (bool, error) {
	if err := hasRoot(); err != nil {
		return false, err
	}
	screen.Text(lang.T("pivot_root(2) has conditions. Each is broken once, on purpose: the calls below fail, and should."), 0)
	good := true
	for n, c := range conditions() {
		screen.Line("")
		screen.Numbered(n+1, c.rule)
		screen.Line("   " + screen.Code(fmt.Sprintf("pivot_root(%q, %q)", c.newRoot, c.putOld)))
		err := inOwnMounts(c.try)
		var errno syscall.Errno
		if err != nil && !errors.As(err, &errno) {
			return false, err
		}
		got := "= 0"
		if errno != 0 {
			got = fmt.Sprintf("= %s (%v)", unix.ErrnoName(errno), errno)
		}
		if errno == c.want {
			screen.Good(got + ": " + c.because)
			continue
		}
		good = false
		screen.Bad(lang.F("%s, and not %s as the man page says", got, unix.ErrnoName(c.want)))
	}
	return good, screen.Err()
}

// try prepares and makes the call.
func (c condition) try() error {
	if c.prepare != nil {
		if err := c.prepare(); err != nil {
			return fmt.Errorf("prepare %q: %w", c.rule, errors.New(err.Error()))
		}
	}
	return unix.PivotRoot(c.newRoot, c.putOld)
}

// inOwnMounts runs do on a thread with a root, a working directory and a mount
// namespace of its own, which end with it.
func inOwnMounts(do func() error) error {
	return thread.Do(func() error {
		if err := unix.Unshare(unix.CLONE_NEWNS | unix.CLONE_FS); err != nil {
			return fmt.Errorf("unshare: %w", errors.New(err.Error())) // no errno of pivot_root's
		}
		return do()
	})
}

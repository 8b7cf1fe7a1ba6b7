package attack

import (
	"fmt"
	"os"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/pkg/apparmor"
	"github.com/how-to-be-a-container/workshop/pkg/observe"
)

// The probes of AppArmor: what root may do by every older rule, and what a
// profile refuses all the same. See apparmor.d(5).
var (
	OwnFile     = refused("own-file", "read a file that it owns and just wrote", ownFile)
	RunTop      = refused("run-top", "execute /usr/bin/top", runTop)
	CorePattern = refused("core-pattern", "open for writing what the host runs as root when a program crashes", corePattern)
)

func refused(name, tries string, run func(*T) error) *Probe {
	return &Probe{Name: name, Stops: "apparmor", Tries: tries, Run: run, Why: labelOf}
}

// labelOf says what the process is confined by.
func labelOf(s *observe.Snapshot, _ Result) string {
	switch l := apparmor.ParseLabel(s.Label); l.Profile {
	case "":
		return "the process has no label: this kernel runs no AppArmor, so something else stopped it."
	case apparmor.Unconfined:
		return fmt.Sprintf("/proc/%d/attr/current: unconfined, so something else stopped it.", s.PID)
	default:
		return fmt.Sprintf("/proc/%d/attr/current: %s.", s.PID, l)
	}
}

// confinedBy names the profile that a process has besides, if any.
func confinedBy(s *observe.Snapshot) string {
	if l := apparmor.ParseLabel(s.Label); l.Mode == "" {
		return ""
	}
	return " " + labelOf(s, Result{})
}

// ownFile tries what mode and owner allow: discretionary access control leaves
// it to the owner. A profile does not (mandatory access control).
func ownFile(t *T) error {
	return inOwnDir(func(dir string) error {
		path := dir + "/diary"
		err := t.Do(`open("diary", O_WRONLY|O_CREAT, 0600), and write`, func() error {
			return os.WriteFile(path, []byte("dear diary\n"), 0o600)
		})
		if err != nil {
			return err
		}
		if err := t.Do(`chmod("diary", 0777)`, func() error { return unix.Chmod(path, 0o777) }); err != nil {
			return err
		}
		return t.Do(`open("diary", O_RDONLY)`, func() error { return openAndClose(path, unix.O_RDONLY) })
	})
}

func openAndClose(path string, flags int) error {
	fd, err := unix.Open(path, flags|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	return unix.Close(fd)
}

// runTop asks for top's help, which ends by itself, whether or not it may write.
func runTop(t *T) error {
	const top = "/usr/bin/top"
	return t.Do(`execve("/usr/bin/top", ["top", "--help"])`, func() error {
		pid, err := syscall.ForkExec(top, []string{"top", "--help"}, &syscall.ProcAttr{})
		if err != nil {
			return err
		}
		_, err = unix.Wait4(pid, nil, 0, nil)
		return err
	})
}

// corePattern only opens: who may write there names a program that the kernel
// runs as root, outside of every container. See core(5).
func corePattern(t *T) error {
	const file = "/proc/sys/kernel/core_pattern"
	return t.Do(`open("`+file+`", O_WRONLY)`, func() error { return openAndClose(file, unix.O_WRONLY) })
}

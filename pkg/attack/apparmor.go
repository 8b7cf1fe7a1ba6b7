package attack

import (
	"errors"
	"os"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/pkg/apparmor"
	"github.com/how-to-be-a-container/workshop/pkg/lang"
)

// The probes of AppArmor: what root may do by every older rule, and what a
// profile refuses all the same. See apparmor.d(5).
var (
	OwnFile     = refused("own-file", "read a file that it owns and just wrote", ownFile)
	RunTop      = runTopProbe()
	CorePattern = refused("core-pattern", "be allowed to set what runs as root after a crash", corePattern)
)

func refused(name, tries string, run func(*T) error) *Probe {
	return &Probe{Name: name, Stops: "apparmor", Tries: tries, Run: run, Why: labelOf}
}

// runTopProbe is in a root filesystem, which has a top: a host may have none.
func runTopProbe() *Probe {
	p := refused("run-top", "execute /usr/bin/top", runTop)
	p.InRoot = true
	return p
}

// labelOf says what the process is confined by.
func labelOf(s View, _ Result) string {
	switch l := apparmor.ParseLabel(s.Label); l.Profile {
	case "":
		return lang.T("the process has no label: this kernel runs no AppArmor, so something else stopped it.")
	case apparmor.Unconfined:
		return lang.F("/proc/%d/attr/current: unconfined, so something else stopped it.", s.PID)
	default:
		return lang.F("/proc/%d/attr/current: %s.", s.PID, l)
	}
}

// confinedBy names the profile that a process has besides, if any.
func confinedBy(s View) string {
	if l := apparmor.ParseLabel(s.Label); l.Mode == "" {
		return ""
	}
	return " " + labelOf(s, Result{})
}

// ownFile tries what mode and owner allow: discretionary access control leaves
// it to the owner. A profile does not (mandatory access control).
//
// The file is in no directory of its own: to make one is a matter of the filter.
func ownFile(t *T) error {
	f, err := newDiary(t)
	if err != nil {
		return err
	}
	path := f.Name()
	defer os.Remove(path)
	f.Close()
	if err := t.Do(`chmod("diary", 0777)`, func() error { return unix.Chmod(path, 0o777) }); err != nil {
		return err
	}
	return t.Do(`open("diary", O_RDONLY)`, func() error { return openAndClose(path, unix.O_RDONLY) })
}

// newDiary writes a new file, in the first directory that has none of that name.
func newDiary(t *T) (f *os.File, err error) {
	err = t.Do(`open("diary", O_WRONLY|O_CREAT, 0600), write`, func() error {
		for _, dir := range []string{ownDir(), "/var/tmp", "/root", "/run", "/"} {
			f, err = os.OpenFile(dir+"/diary", os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
			if !errors.Is(err, os.ErrExist) && !errors.Is(err, os.ErrNotExist) {
				break
			}
		}
		if err == nil {
			_, err = f.WriteString("dear diary\n")
		}
		return err
	})
	return f, err
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
	const file = "/sys/kernel/core_pattern"
	return withProc(t, func(proc string) error {
		return t.Do(`open("/proc`+file+`", O_WRONLY)`, func() error { return openAndClose(proc+file, unix.O_WRONLY) })
	})
}

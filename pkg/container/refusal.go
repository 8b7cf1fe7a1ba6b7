package container

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/internal/errname"
	"github.com/how-to-be-a-container/workshop/pkg/inside"
	"github.com/how-to-be-a-container/workshop/pkg/observe"
	"github.com/how-to-be-a-container/workshop/pkg/steps"
)

// Refusal makes [steps.ErrUnsupported] of an error by which the machine refuses the
// run, whatever it is: where it shows that this process lacks what the call needs.
// Any other error is our own, and stays as it is.
func Refusal(err error) error {
	var exec *ExecError
	var errno syscall.Errno
	if errors.Is(err, steps.ErrUnsupported) || errors.As(err, &exec) || !errors.As(err, &errno) {
		return err
	}
	lacks, instead := lacking(err, errno)
	if lacks == "" {
		return err
	}
	return &steps.Unsupported{
		What:    fmt.Sprintf("%v: %s", errname.Named(err), lacks),
		Instead: instead, Err: err,
	}
}

// lacking says what is not there for what failed, and what would have it; "" where
// nothing shows.
func lacking(err error, errno syscall.Errno) (lacks, instead string) {
	op, file := objectOf(err)
	switch {
	case errno == unix.EROFS:
		return "that is mounted read-only here, as in a container", "mount -o remount,rw what findmnt -T " + nearestDir(file) + " names; or " + elsewhere()
	case errno == unix.ENOSPC && (op == "unshare" || op == "clone"):
		return "there may be no more namespaces: see sysctl user, of this user namespace and those above", "raise what is reached, as sysctl -w user.max_mnt_namespaces=10000; or " + elsewhere()
	case errno == unix.ENOSYS && op != "":
		return "this kernel has no such call, or a seccomp filter says so", "a newer kernel; or " + elsewhere()
	case errno == unix.EPERM || errno == unix.EACCES:
		return confined(op, file, errno), elsewhere()
	}
	return "", ""
}

// objectOf gives the system call that failed, "" where it was one for a file, and that
// file.
func objectOf(err error) (op, file string) {
	var failed *steps.Error
	if errors.As(err, &failed) {
		op, _, _ = strings.Cut(failed.Op, " ")
		file = failed.Path
	}
	var call *os.SyscallError
	if errors.As(err, &call) {
		op = call.Syscall
	}
	var path *os.PathError
	if errors.As(err, &path) {
		op, file = "", path.Path
	}
	return op, file
}

// nearestDir is the file, or the nearest directory above it that is there.
func nearestDir(file string) string {
	for file != "." && file != "/" {
		if _, err := os.Lstat(file); err == nil {
			break
		}
		file = filepath.Dir(file)
	}
	return file
}

// confined says what keeps root from a call that root may make; "" where nothing does.
func confined(op, file string, errno syscall.Errno) string {
	self, err := observe.Take(os.Getpid())
	if err != nil {
		return ""
	}
	effective, _ := observe.ParseMask(self.Get("CapEff"))
	for _, name := range neededFor(op, file, errno) {
		if number, err := observe.CapNumber(name); err == nil && effective>>number&1 == 0 {
			return "this process has no " + name + " (CapEff in /proc/self/status)"
		}
	}
	switch {
	case errno == unix.EACCES && self.Label != "" && !strings.HasPrefix(self.Label, "unconfined"):
		return "this process is confined by " + self.Label + " (/proc/self/attr/current)"
	case self.Get("Seccomp") == "2":
		return "a seccomp filter is on this process, as a container has one (Seccomp in /proc/self/status)"
	case steps.InUserNamespace():
		return "this root is one of a user namespace, and not the machine's"
	}
	return ""
}

// neededFor is what a system call takes, or the way to a file; see capabilities(7).
func neededFor(op, file string, errno syscall.Errno) []string {
	switch {
	case strings.HasSuffix(file, "/timens_offsets"):
		return []string{"CAP_SYS_TIME"}
	case op == "" || errno == unix.EACCES:
		return []string{"CAP_DAC_OVERRIDE"}
	}
	switch op {
	case "chroot":
		return []string{"CAP_SYS_CHROOT"}
	case "prctl":
		return []string{"CAP_SETPCAP"}
	case "chown":
		return []string{"CAP_CHOWN"}
	case "set": // lo up
		return []string{"CAP_NET_ADMIN"}
	case "clone": // with the maps of a user namespace
		return []string{"CAP_SYS_ADMIN", "CAP_SETUID", "CAP_SETGID"}
	case "setns": // into mounts
		return []string{"CAP_SYS_ADMIN", "CAP_SYS_CHROOT"}
	}
	return []string{"CAP_SYS_ADMIN"}
}

// elsewhere is what does not refuse.
func elsewhere() string {
	const vm = "in a VM: make vm"
	switch p := inside.Container(); {
	case p == nil:
		return vm
	case p.Name == "docker" || p.Name == "podman":
		return p.Name + " run --privileged, or outside of the container, or " + vm
	}
	return "outside of the container, or " + vm
}

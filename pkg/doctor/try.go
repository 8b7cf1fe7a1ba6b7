package doctor

import (
	"errors"
	"os"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/internal/errname"
	"github.com/how-to-be-a-container/workshop/internal/thread"
	"github.com/how-to-be-a-container/workshop/pkg/container"
	"github.com/how-to-be-a-container/workshop/pkg/container/journal"
	"github.com/how-to-be-a-container/workshop/pkg/lang"
	"github.com/how-to-be-a-container/workshop/pkg/rootfs"
	"github.com/how-to-be-a-container/workshop/pkg/steps"
)

// Works is the outcome of what was tried and did not fail.
const Works = "works"

// What is tried. A namespace of a kind is tried as "namespace KIND".
var (
	tryRunDir    = "write to " + journal.Dir
	tryMounts    = lang.N("own mounts")
	tryOverlay   = "overlay"
	tryPivot     = "pivot_root"
	tryChroot    = "chroot"
	tryBounding  = "PR_CAPBSET_DROP"
	tryGuard     = lang.N("guard cgroup")
	tryTools     = lang.N("copy of workshop")
	tryFilter    = lang.N("seccomp filter")
	tryTrace     = "ptrace"
	tryNamespace = "namespace "
)

// try makes the calls that the lessons rest on, each where it ends with a thread
// or a process of its own.
func (m *Machine) try() {
	m.tried(tryFilter, thread.Do(installFilter))
	m.tried(tryTrace, thread.Do(traceChild))
	m.tried(tryNamespace+"user", newUserNamespace())
	if !m.Root {
		return
	}
	m.tried(tryRunDir, writeRunDir())
	m.tried(tryChroot, thread.Do(changeRoot))
	m.tried(tryBounding, thread.Do(func() error {
		return unix.Prctl(unix.PR_CAPBSET_DROP, unix.CAP_SYS_TIME, 0, 0, 0)
	}))
	for _, kind := range []string{"pid", "uts", "ipc", "net", "cgroup", "time"} {
		m.tried(tryNamespace+kind, thread.Do(func() error { return unix.Unshare(steps.NamespaceFlag(kind)) }))
	}
	_ = thread.Do(m.newMounts)
	lower, _ := rootfs.Find("")
	m.tried(tryOverlay, container.TryRoot(lower))
	m.tried(tryGuard, container.TryGuard())
	_, err := rootfs.Tools()
	m.tried(tryTools, err)
}

func (m *Machine) tried(what string, err error) {
	m.Tried[what] = Works
	if err != nil {
		m.Tried[what] = errname.Named(err).Error()
	}
}

// failed is the error of what was tried, or "".
func (m *Machine) failed(what string) string {
	if m.Tried[what] == Works {
		return ""
	}
	return m.Tried[what]
}

// writeRunDir makes a file where the runs keep their journals.
func writeRunDir() error {
	if err := os.MkdirAll(journal.Dir, 0o755); err != nil {
		return err
	}
	f, err := os.CreateTemp(journal.Dir, ".doctor-")
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

// newMounts gives this thread mounts of its own, and tries pivot_root(2) there.
func (m *Machine) newMounts() error {
	err := unix.Unshare(unix.CLONE_NEWNS | unix.CLONE_FS)
	if err == nil {
		err = unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, "")
	}
	m.tried(tryMounts, err)
	if err == nil && m.failed(tryRunDir) == "" {
		m.tried(tryPivot, pivotTo(journal.Dir))
	}
	return err
}

// pivotTo is pivot_root(2) to a directory, on a thread with mounts of its own.
func pivotTo(dir string) error {
	if err := unix.Mount(dir, dir, "", unix.MS_BIND, ""); err != nil {
		return &steps.Error{Op: "mount --bind", Path: dir, Err: err}
	}
	if err := unix.Chdir(dir); err != nil {
		return &steps.Error{Op: "chdir", Path: dir, Err: err}
	}
	if err := unix.PivotRoot(".", "."); err != nil {
		return &steps.Error{Op: "pivot_root", Path: dir, Err: err}
	}
	return nil
}

// changeRoot changes this thread's root to what it is.
func changeRoot() error {
	if err := unix.Unshare(unix.CLONE_FS); err != nil {
		return &steps.Error{Op: "unshare", Path: "CLONE_FS", Err: err}
	}
	if err := unix.Chroot("/"); err != nil {
		return &steps.Error{Op: "chroot", Path: "/", Err: err}
	}
	return nil
}

// installFilter gives this thread a filter that allows everything.
func installFilter() error {
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return &steps.Error{Op: "prctl PR_SET_NO_NEW_PRIVS", Err: err}
	}
	allow := []unix.SockFilter{{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ALLOW}}
	prog := unix.SockFprog{Len: uint16(len(allow)), Filter: &allow[0]}
	_, _, errno := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, 0, uintptr(unsafe.Pointer(&prog)))
	if errno != 0 {
		return &steps.Error{Op: "seccomp SECCOMP_SET_MODE_FILTER", Err: errno}
	}
	return nil
}

// actions are named as in /proc/sys/kernel/seccomp/actions_avail.
var actions = []struct {
	name string
	ret  uint32
}{
	{"kill_process", unix.SECCOMP_RET_KILL_PROCESS},
	{"kill_thread", unix.SECCOMP_RET_KILL_THREAD},
	{"trap", unix.SECCOMP_RET_TRAP},
	{"errno", unix.SECCOMP_RET_ERRNO},
	{"user_notif", unix.SECCOMP_RET_USER_NOTIF},
	{"trace", unix.SECCOMP_RET_TRACE},
	{"log", unix.SECCOMP_RET_LOG},
	{"allow", unix.SECCOMP_RET_ALLOW},
}

// seccompActions asks the kernel for each action: SECCOMP_GET_ACTION_AVAIL of
// seccomp(2), which Linux 4.14 brought. Before, the file is not there either.
func seccompActions() []string {
	list := []string{}
	for _, a := range actions {
		_, _, errno := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_GET_ACTION_AVAIL, 0, uintptr(unsafe.Pointer(&a.ret)))
		if errno == 0 {
			list = append(list, a.name)
		}
	}
	return list
}

// traceChild makes a child that stops at its first instruction, and ends it
// there: PTRACE_TRACEME of ptrace(2).
func traceChild() error {
	child, err := os.StartProcess("/proc/self/exe", []string{"traced"}, &os.ProcAttr{
		Sys: &syscall.SysProcAttr{Ptrace: true, Pdeathsig: syscall.SIGKILL},
	})
	if err != nil {
		return err
	}
	err = child.Kill()
	_, err2 := child.Wait()
	return errors.Join(err, err2)
}

// newUserNamespace clones a process into a user namespace and, so that it needs
// its root's power there, a uts namespace. What it would execute is not there:
// ENOENT says that all before has worked.
func newUserNamespace() error {
	const nothing = "/proc/self/no-such-file"
	_, err := syscall.ForkExec(nothing, []string{nothing}, &syscall.ProcAttr{Sys: &syscall.SysProcAttr{
		Cloneflags:  unix.CLONE_NEWUSER | unix.CLONE_NEWUTS,
		UidMappings: []syscall.SysProcIDMap{{HostID: os.Geteuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{HostID: os.Getegid(), Size: 1}},
	}})
	if errors.Is(err, unix.ENOENT) {
		return nil
	}
	return &steps.Error{Op: "clone", Path: "CLONE_NEWUSER", Err: err}
}

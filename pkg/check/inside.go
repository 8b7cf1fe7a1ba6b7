package check

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/internal/thread"
	"github.com/how-to-be-a-container/workshop/pkg/attack"
	"github.com/how-to-be-a-container/workshop/pkg/lang"
	"github.com/how-to-be-a-container/workshop/pkg/observe"
)

// places are directories of a root filesystem that may be covered for a moment.
var places = []string{"tmp", "mnt", "run", "srv", "opt", "home", "root", "var"}

// guest is our program inside of somebody else's container: on a tmpfs that covers
// a directory there. Nothing is written to the root filesystem, which may be
// read-only, and the mount ends with its mount namespace, whatever happens to us.
type guest struct {
	dir   string // as the shell names it
	place string
	root  *os.File // the shell's root
	ns    *os.File // its mount namespace
}

// path is our program, as the shell names it.
func (g *guest) path() string { return g.dir + "/workshop" }

// bring mounts the tmpfs and copies this program to it.
func bring(pid int) (*guest, error) {
	proc := fmt.Sprintf("/proc/%d", pid)
	root, err := os.OpenFile(proc+"/root", unix.O_PATH|unix.O_DIRECTORY, 0)
	if err != nil {
		return nil, err
	}
	ns, err := os.Open(proc + "/ns/mnt")
	if err != nil {
		root.Close()
		return nil, err
	}
	g := &guest{root: root, ns: ns}
	if err := g.mount(); err != nil {
		g.close()
		return nil, err
	}
	if err := g.fill(); err != nil {
		return nil, errors.Join(err, g.remove())
	}
	return g, nil
}

func (g *guest) close() {
	g.root.Close()
	g.ns.Close()
}

// within calls do on a thread that is in the mount namespace, with the shell's
// root as its working directory: a path without a slash leads nowhere else.
func (g *guest) within(do func() error) error {
	return thread.Do(func() error {
		if err := unix.Unshare(unix.CLONE_FS); err != nil {
			return os.NewSyscallError("unshare", err)
		}
		if err := unix.Setns(int(g.ns.Fd()), unix.CLONE_NEWNS); err != nil {
			return os.NewSyscallError("setns", err)
		}
		if err := unix.Fchdir(int(g.root.Fd())); err != nil {
			return os.NewSyscallError("fchdir", err)
		}
		return do()
	})
}

// noPlace is the error of a root filesystem that has no such place.
type noPlace struct{ error }

func (e *noPlace) Error() string {
	return fmt.Sprintf("no directory inside takes a mount: %v", rootCause(e.error))
}

func (e *noPlace) Unwrap() error { return e.error }

// mount covers the first of the places that is there.
func (g *guest) mount() error {
	return g.within(func() (err error) {
		for _, place := range places {
			var st unix.Stat_t
			if err = unix.Lstat(place, &st); err != nil || st.Mode&unix.S_IFMT != unix.S_IFDIR {
				continue
			}
			if err = unix.Mount("tmpfs", place, "tmpfs", 0, "mode=777"); err == nil {
				g.place, g.dir = place, "/"+place
				return nil
			}
		}
		return &noPlace{cmp.Or(err, error(unix.ENOTDIR))}
	})
}

// fill copies this program.
func (g *guest) fill() error {
	self, err := os.Open("/proc/self/exe")
	if err != nil {
		return err
	}
	defer self.Close()
	fd, err := unix.Openat(int(g.root.Fd()), g.place+"/workshop", unix.O_WRONLY|unix.O_CREAT|unix.O_EXCL|unix.O_CLOEXEC, 0o755)
	if err != nil {
		return os.NewSyscallError("openat", err)
	}
	copied := os.NewFile(uintptr(fd), "workshop")
	_, err = io.Copy(copied, self)
	return errors.Join(err, copied.Chmod(0o755), copied.Close())
}

// remove takes the mount away, if the container did not end before.
func (g *guest) remove() error {
	defer g.close()
	return g.within(func() error {
		err := unix.Unmount(g.place, unix.MNT_DETACH|unix.UMOUNT_NOFOLLOW)
		return os.NewSyscallError("umount2", err)
	})
}

// outcome is what came of one attack.
type outcome struct {
	attack.Result
	unclear string // why it says nothing; "" where it does
	killed  string // the signal that ended it: "SIGSYS"
	late    bool   // it could not even begin, or its runtime has failed
	stood   bool   // it stood still, and we ended it
	over    bool   // the time was over
}

// attack has the shell execute a probe.
func (r *run) attack(ctx context.Context, g *guest, p *attack.Probe, a attack.Ask, s *observe.Snapshot) (outcome, error) {
	f, err := attack.Prepare(p, a)
	if err != nil {
		return outcome{}, err
	}
	defer f.End()
	line := strings.Join(append(append(f.Env, g.path()), f.Args...), " ")
	output, status, stood, err := r.execute(ctx, line)
	if err != nil {
		return outcome{unclear: err.Error(), over: errors.Is(err, errTooLong)}, nil
	}
	code, _ := strconv.Atoi(status)
	result, began := f.Judge(output, code, s)
	return outcomeOf(printable(result), began, stood, code), nil
}

// outcomeOf judges how our program ended. With an exit code and no result the Go runtime
// has failed at a call of its own, and nothing is known of the attack.
func outcomeOf(result attack.Result, began, stood bool, code int) outcome {
	o := outcome{Result: result}
	switch {
	case stood && !result.Tried():
		o.unclear, o.stood = lang.T("our program stood still inside, and was ended"), true
	case stood: // it has said all
	case code > 128 && began:
		o.killed = observe.SignalName(code - 128)
	case !began || code != 0 && !result.Allowed && !result.Tried():
		o.unclear, o.late = notBegun(code), true
	}
	return o
}

// printable takes the control characters out of a result: in a container of somebody
// else, somebody else may have written it.
func printable(r attack.Result) attack.Result {
	r.Errno, r.Reason = harmless(r.Errno), harmless(r.Reason)
	for i, c := range r.Calls {
		r.Calls[i] = attack.Call{Call: harmless(c.Call), Errno: harmless(c.Errno)}
	}
	for name, fact := range r.Facts {
		r.Facts[name] = harmless(fact)
	}
	return r
}

// execute has the shell execute our program, and ends that where it stands still: else
// the shell would wait for it, and could not be asked any more.
func (r *run) execute(ctx context.Context, line string) (output []byte, status string, stood bool, err error) {
	before := r.descendants()
	soon, cancel := context.WithTimeout(ctx, r.limit()/2)
	defer cancel()
	output, status, err = r.ask(soon, line, "$?")
	if !errors.Is(err, errSilent) && !errors.Is(err, errTooLong) {
		return output, status, false, err
	}
	for _, p := range r.descendants() {
		if !has(before, p.pid) {
			kill(p)
		}
	}
	output, status, err = r.await(ctx)
	return output, status, true, err
}

// notBegun says why our own program did not run inside.
func notBegun(code int) string {
	switch {
	case code == 126:
		return lang.T("the container does not let our program be executed")
	case code == 127:
		return lang.T("the shell does not find our program")
	case code > 128:
		return lang.F("our program was killed by %s before it could begin", observe.SignalName(code-128))
	}
	return lang.F("our program ended with exit code %d before it could begin", code)
}

// attackHint is for who cannot be attacked, where a point has no hint of its own.
func attackHint(e *evidence) string {
	outcomes := slices.Collect(maps.Values(e.attacks))
	late := slices.ContainsFunc(outcomes, func(o outcome) bool { return o.late })
	stood := slices.ContainsFunc(outcomes, func(o outcome) bool { return o.stood })
	var none *noPlace
	switch {
	case errors.As(e.noGuest, &none):
		return lang.F("The attack is a program on a tmpfs, which is mounted inside for a moment, on one of these directories: %s. Make one of them in your root filesystem, and let it be a place where something can be mounted.", "/"+strings.Join(places, ", /"))
	case stood && e.shell.Get("Seccomp") == "2":
		return lang.F("The attack is made by a Go program, which has several threads. SECCOMP_RET_KILL_THREAD, which is 0, ends the one that makes the call, and the others wait for it: return SECCOMP_RET_KILL_PROCESS. And allow what every Go program calls, as for any program that may run inside: %s.", strings.Join(goCalls, ", "))
	case late && e.shell.Get("Seccomp") == "2":
		return lang.F("The attack is made by a Go program, and your filter ends it before it begins. Allow what every Go program calls, as for any program that may run inside: %s.", strings.Join(goCalls, ", "))
	}
	return ""
}

// hasty tells whether there was no time for an attack.
func (e *evidence) hasty() bool {
	for _, o := range e.attacks {
		if o.over {
			return true
		}
	}
	return errors.Is(e.deaf, errTooLong)
}

// goCalls are the system calls that a Go program makes before its main function, and
// that the probes cannot do without.
var goCalls = []string{
	"execve", "arch_prctl", "mmap", "munmap", "madvise", "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sigaltstack",
	"sched_getaffinity", "clone", "gettid", "getpid", "tgkill", "futex", "nanosleep", "prlimit64", "fcntl", "openat",
	"read", "pread64", "write", "close", "epoll_create1", "epoll_ctl", "eventfd2", "prctl", "capget", "exit_group",
}

package demo

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/internal/errname"
	"github.com/how-to-be-a-container/workshop/internal/thread"
	"github.com/how-to-be-a-container/workshop/pkg/caps"
	"github.com/how-to-be-a-container/workshop/pkg/lang"
	"github.com/how-to-be-a-container/workshop/pkg/observe"
	"github.com/how-to-be-a-container/workshop/pkg/ui"
)

// BoundingSet drops a capability from the bounding set, and uses it: before an
// execve and after.
var BoundingSet = &Demo{
	Name:   "bounding-set",
	Lesson: 6,
	Shows:  "the bounding set bites at the next execve",
	Inside: boundingSet,
}

// afterExecve is the variable by which the program knows that it was executed
// a second time.
const afterExecve = "WORKSHOP_AFTER_EXECVE"

func boundingSet(screen *ui.UI) (bool, error) {
	if os.Getenv(afterExecve) != "" {
		screen.Line(screen.Strong(lang.T("After execve")) + lang.F("   process %d", os.Getpid()))
		return chrootIs(screen, unix.EPERM)
	}
	screen.Text(lang.T("chroot(2) is called twice: the second call is refused, and should be."), 0)
	screen.Line("")
	good := false
	err := thread.Do(func() (err error) {
		if err := hasChroot(); err != nil {
			return err
		}
		screen.Line(screen.Strong(lang.T("Before execve")) + lang.F("   process %d", os.Getpid()))
		err = unix.Prctl(unix.PR_CAPBSET_DROP, unix.CAP_SYS_CHROOT, 0, 0, 0)
		if err != nil {
			return os.NewSyscallError("prctl PR_CAPBSET_DROP", err)
		}
		screen.Line("  " + screen.Code("prctl(PR_CAPBSET_DROP, CAP_SYS_CHROOT)") + " = 0")
		if good, err = chrootIs(screen, nil); err != nil || !good {
			return err
		}
		screen.Line("")
		// execve keeps the process and the sets of the thread that calls it.
		err = unix.Exec("/proc/self/exe", os.Args, append(os.Environ(), afterExecve+"=1"))
		return os.NewSyscallError("execve", err)
	})
	return good, err
}

// hasChroot is an error where the calling thread has nothing to drop.
func hasChroot() error {
	p, err := caps.ReadProcess(unix.Gettid())
	if err == nil && !p.Effective.Has(unix.CAP_SYS_CHROOT) {
		err = errors.New(lang.T("CAP_SYS_CHROOT is gone already"))
	}
	return err
}

// chrootIs shows the sets of the calling thread, and what chroot(2) says.
func chrootIs(screen *ui.UI, want error) (bool, error) {
	s, err := observe.Take(unix.Gettid())
	if err != nil {
		return false, err
	}
	p, err := caps.FromSnapshot(s)
	if err != nil {
		return false, err
	}
	for _, set := range []struct {
		name string
		caps.Set
	}{{"CapBnd", p.Bounding}, {"CapPrm", p.Permitted}, {"CapEff", p.Effective}} {
		has := lang.T("has CAP_SYS_CHROOT")
		if !set.Has(unix.CAP_SYS_CHROOT) {
			has = lang.T("has no CAP_SYS_CHROOT")
		}
		screen.Term(set.name, has)
	}
	err = unix.Chroot("/")
	answer := lang.F("%s: allowed", "0")
	if err != nil {
		answer = lang.F("%s: refused", errname.Of(err))
	}
	screen.Line("  " + screen.Code(`chroot("/")`) + " = " + answer)
	return errors.Is(err, want), screen.Err()
}

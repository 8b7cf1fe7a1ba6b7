package steps

import (
	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/pkg/apparmor"
)

// AppArmor gives the process a label, whose rules bind root too: apparmor(7).
var AppArmor = &Step{
	Name:         "apparmor",
	Lesson:       8,
	Does:         "a profile: rules on paths and operations that bind root too",
	Check:        checkAppArmor,
	AtClone:      nameProfile,
	InSupervisor: loadProfile,
	InChild:      enterAtExec,
	Verify:       profileIsLoaded,
	Undo:         apparmor.Remove,
}

func loadProfile(s *Spec, r *Run) error {
	// Recorded first: the kernel keeps a profile after its last process.
	if err := r.Record("apparmor", s.AppArmor.Name); err != nil {
		return err
	}
	text, err := s.AppArmor.Text(s.AppArmor.Name, s.chrootOnly())
	if err != nil {
		return err
	}
	return apparmor.Load(text, s.AppArmor.Name, s.AppArmor.mode())
}

func enterAtExec(s *Spec) error {
	// The host's /proc, opened before the root changed. What is mounted or
	// linked over its files is not followed: CVE-2025-52881.
	const file = "thread-self/attr/apparmor/exec"
	const stay = unix.RESOLVE_NO_XDEV | unix.RESOLVE_NO_MAGICLINKS
	how := unix.OpenHow{Flags: unix.O_RDWR | unix.O_CLOEXEC, Resolve: stay}
	fd, err := unix.Openat2(s.Proc, file, &how)
	if err != nil {
		return &Error{"openat2", "/proc/" + file, err}
	}
	defer unix.Close(fd)
	// A label written to a mere copy of /proc confines nobody: CVE-2019-19921.
	var fs unix.Statfs_t
	if unix.Fstatfs(fd, &fs) != nil || fs.Type != unix.PROC_SUPER_MAGIC {
		return &Error{"fstatfs: this is not procfs:", "/proc", unix.ENOTTY}
	}
	// "exec" is for the next execve. "changeprofile" would act at once, and on
	// what this code still has to do.
	label := "exec " + s.AppArmor.Name
	if _, err := unix.Write(fd, []byte(label)); err != nil {
		return &Error{"write " + label, "/proc/" + file, err}
	}
	// Read back by itself: a reader outside is shown its own label for exec.
	return s.AppArmor.isLabel(fd)
}

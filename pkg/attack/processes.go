package attack

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/pkg/lang"
)

var errNotThere = errors.New(lang.N("no such process in /proc"))

// seeProcess reads what only root may read of another's process.
func seeProcess(t *T) error {
	return withDecoy(t, func(dir string) error {
		var environ []byte
		err := t.Do(fmt.Sprintf("open(%q), read", dir+"/environ"), func() (err error) {
			environ, err = os.ReadFile(dir + "/environ")
			return err
		})
		for _, v := range strings.Split(string(environ), "\x00") {
			if secret, ok := strings.CutPrefix(v, secretEnv+"="); ok {
				t.Fact(SecretFact, secret)
			}
		}
		return err
	})
}

// killProcess holds the process by a pidfd and looks again before it kills: the
// pid could be another's by then.
func killProcess(t *T) error {
	return withDecoy(t, func(dir string) error {
		pid, err := strconv.Atoi(filepath.Base(dir))
		if err != nil {
			return err
		}
		var fd int
		err = t.Do(fmt.Sprintf("pidfd_open(PROCESS %d)", pid), func() (err error) {
			fd, err = unix.PidfdOpen(pid, 0)
			return err
		})
		if err != nil {
			return err
		}
		defer unix.Close(fd)
		if !isDecoy(dir) {
			return errNotThere
		}
		return t.Do(fmt.Sprintf("pidfd_send_signal(PROCESS %d, SIGKILL)", pid), func() error {
			return unix.PidfdSendSignal(fd, unix.SIGKILL, nil, 0)
		})
	})
}

// killScene believes the decoy's exit status.
func killScene() (*Scene, error) {
	scene, status, err := hostDecoy("process")
	if err != nil {
		return nil, err
	}
	scene.Judge = func(Result) error { return nil }
	scene.Leave = func() error {
		scene.End()
		if !status.Signaled() || status.Signal() != unix.SIGKILL {
			return errors.New(lang.T("the host's process lives"))
		}
		return nil
	}
	return scene, nil
}

// The facts of a search in /proc: how many processes there are, and which of them
// is the host's.
const (
	ProcessesFact = "processes in /proc"
	DecoyFact     = "the host's process"
)

// withDecoy looks for the decoy in /proc, which it mounts where there is none.
func withDecoy(t *T, do func(dir string) error) error {
	if _, err := target(); err != nil {
		return err
	}
	return withProc(t, func(proc string) error {
		dirs, err := processDirs(proc)
		if err != nil {
			return t.Do(`open("/proc"), read`, func() error { return unwrapped(err) })
		}
		t.Fact(ProcessesFact, strconv.Itoa(len(dirs)))
		for _, dir := range dirs {
			if isDecoy(dir) {
				t.Fact(DecoyFact, filepath.Base(dir))
				return do(dir)
			}
		}
		return t.Do(lang.N("find the host's process in /proc"), func() error { return unix.ESRCH })
	})
}

// processDirs are the directories of the processes.
func processDirs(proc string) (dirs []string, err error) {
	entries, err := os.ReadDir(proc)
	for _, e := range entries {
		if _, err := strconv.Atoi(e.Name()); err == nil {
			dirs = append(dirs, filepath.Join(proc, e.Name()))
		}
	}
	return dirs, err
}

// isDecoy tells whether these are the arguments of the scene's own process.
func isDecoy(dir string) bool {
	args, err := os.ReadFile(dir + "/cmdline")
	want := strings.Join([]string{decoyName, "process", os.Getenv(targetEnv), ""}, "\x00")
	return err == nil && string(args) == want
}

func withProc(t *T, do func(proc string) error) error {
	if _, err := os.Stat("/proc/self/status"); err == nil {
		return do("/proc")
	}
	// On the empty directory of a root filesystem: to make one is a matter of
	// the filter.
	dir := "/proc"
	if _, err := os.Stat(dir); err != nil {
		if err := os.Mkdir(dir, 0o555); err != nil {
			return err
		}
		defer os.Remove(dir)
	}
	t.Note(lang.T("no /proc in here, so it mounts one:"))
	err := t.Do(`mount("proc", DIRECTORY, "proc")`, func() error {
		return unix.Mount("proc", dir, "proc", 0, "")
	})
	if err != nil {
		return err
	}
	defer func() { _ = unix.Unmount(dir, unix.MNT_DETACH) }()
	return do(dir)
}

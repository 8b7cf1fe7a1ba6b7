package demo

import (
	"cmp"
	"errors"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/internal/errname"
	"github.com/how-to-be-a-container/workshop/pkg/cgroup"
	"github.com/how-to-be-a-container/workshop/pkg/lang"
	"github.com/how-to-be-a-container/workshop/pkg/steps"
	"github.com/how-to-be-a-container/workshop/pkg/ui"
)

// RootGroup tries to limit the root group.
var RootGroup = &Demo{
	Name:   "root-group",
	Lesson: 5,
	Shows:  "the root cgroup has no pids.max and gets none",
	Inside: rootGroup,
}

func rootGroup(screen *ui.UI) (bool, error) {
	// Where no group can be made there is none to compare the root with.
	if err := steps.Cgroup.Check(&steps.Spec{}); err != nil {
		return false, err
	}
	tree, err := cgroup.Find("pids")
	if err != nil {
		return false, err
	}
	own, err := cgroup.Of(os.Getpid(), "pids")
	if err != nil {
		return false, err
	}
	tries := []struct {
		file  string
		flags int
		says  string
		held  func(error) bool
	}{
		{own + "/pids.max", os.O_WRONLY, lang.T("a group: it has one"), func(err error) bool { return err == nil }},
		{tree.Mount + "/pids.max", os.O_WRONLY, lang.T("the root has none"), isErrno(unix.ENOENT)},
		{tree.Mount + "/pids.max", os.O_WRONLY | os.O_CREATE, lang.T("only the kernel may"), refused},
	}
	held := true
	var rows [][]string
	for _, t := range tries {
		err := try(t.file, t.flags)
		held = held && t.held(err)
		rows = append(rows, []string{filepath.Clean(t.file), opening(t.flags), answer(err), t.says})
	}
	screen.Table([]string{lang.T("OPEN"), lang.T("FOR"), lang.T("ANSWER"), lang.T("WHY")}, rows)
	screen.Line("")
	screen.Text(lang.T("The root group holds every process that is in no other group, the kernel's own too. "+
		"A limit on all of them is the machine's: /proc/sys/kernel/pid_max and threads-max."), 0)
	return held, nil
}

// try opens a file of the cgroup tree, and writes nothing.
func try(file string, flags int) error {
	f, err := os.OpenFile(file, flags, 0o644)
	if err != nil {
		return err
	}
	return f.Close()
}

func opening(flags int) string {
	if flags&os.O_CREATE != 0 {
		return lang.T("making")
	}
	return lang.T("writing")
}

func answer(err error) string { return cmp.Or(errname.Of(err), "ok") }

func isErrno(want unix.Errno) func(error) bool {
	return func(err error) bool { return errors.Is(err, want) }
}

func refused(err error) bool { return errors.Is(err, os.ErrPermission) }

package check

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/internal/testenv"
	"github.com/how-to-be-a-container/workshop/internal/thread"
	"github.com/how-to-be-a-container/workshop/pkg/attack"
	"github.com/how-to-be-a-container/workshop/pkg/cgroup"
)

// gathered gives what a check observes of a shell script.
func gathered(t *testing.T, lesson int, script string, env ...string) (e *evidence) {
	t.Helper()
	testenv.Root(t)
	r := &run{Check: &Check{Lesson: lesson, Command: []string{"/bin/sh", "-c", script}, Env: append(os.Environ(), env...), Timeout: testenv.Patience}}
	err := thread.Do(func() (err error) {
		defer func() { err = errors.Join(err, r.end()) }()
		if err := r.start(t.Context()); err != nil {
			return err
		}
		pid, err := r.findShell(t.Context())
		if err == nil {
			e, err = r.gather(t.Context(), pid)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// TestForksOnlyWhereLimited: the fork bomb is made where the kernel says that the shell
// is in a group with a limit, and nowhere else.
func TestForksOnlyWhereLimited(t *testing.T) {
	testenv.NotEmulated(t, "amd64") // which has cgroup v2
	testenv.Root(t)
	tree, err := cgroup.Find("pids")
	if err != nil {
		t.Fatal(err)
	}
	if tree.Version == 2 {
		if err := cgroup.Write(tree.Mount+"/cgroup.subtree_control", "+pids"); err != nil {
			t.Fatal(err)
		}
	}
	const shell = `sh; code=$?; echo $$ >"$TOP/cgroup.procs"; rmdir "$GROUP"; exit $code`
	for _, test := range []struct {
		name, script string
		made         bool
	}{
		{"limited", `mkdir "$GROUP"; echo 20 >"$GROUP/pids.max"; sh -c 'echo 0 >"$GROUP/cgroup.procs"; exec sh'; rmdir "$GROUP"`, true},
		{"none", `sh; exit $?`, false},
		{"the root group", `echo 0 >"$TOP/cgroup.procs"; sh; exit $?`, false},
		{"no limit", `mkdir "$GROUP"; echo 0 >"$GROUP/cgroup.procs"; ` + shell, false},
		{"too many", `mkdir "$GROUP"; echo 200 >"$GROUP/pids.max"; echo 0 >"$GROUP/cgroup.procs"; ` + shell, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			group := fmt.Sprintf("%s/check-gather-%d", tree.Mount, rand.Uint32())
			defer func() { _ = unix.Rmdir(group) }()
			e := gathered(t, 5, test.script, "GROUP="+group, "TOP="+tree.Mount)
			if _, made := e.attacks[attack.ForkBomb.Name]; made != test.made || e.noGuest != nil {
				t.Errorf("the attack was made: %v, want %v; %v", made, test.made, e.noGuest)
			}
		})
	}
}

// TestSecondTimeOver: where the time ends, nothing is said of who has not ended yet.
func TestSecondTimeOver(t *testing.T) {
	testenv.NotEmulated(t)
	testenv.Root(t)
	for lesson, do := range kills {
		r := &run{Check: &Check{Lesson: lesson, Command: []string{"/bin/sh", "-c", "sh; sleep 1000"}}}
		err := thread.Do(func() (err error) {
			defer func() { err = errors.Join(err, r.end()) }()
			if err := r.start(t.Context()); err != nil {
				return err
			}
			pid, err := r.findShell(t.Context())
			if err != nil {
				return err
			}
			soon, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			if s := do(r, soon, pid); !errors.Is(s.err, errTooLong) {
				t.Errorf("lesson %d: %+v", lesson, s)
			}
			return nil
		})
		if err != nil {
			t.Errorf("lesson %d: %v", lesson, err)
		}
	}
}

package exercise

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/how-to-be-a-container/workshop/internal/testenv"
	"github.com/how-to-be-a-container/workshop/internal/testroot"
	"github.com/how-to-be-a-container/workshop/pkg/check"
)

// TestSolutionPasses the check of its lesson, and has all layers of the lessons
// before.
func TestSolutionPasses(t *testing.T) {
	eachLesson(t, func(t *testing.T, n int, folder string, l Language) {
		r := judge(t, n, program(t, n, folder, l, "solution"))
		if !r.Holds {
			t.Errorf("not passed: %+v", r)
		}
		for _, w := range r.Warnings {
			t.Error(w)
		}
		hasLayers(t, r, folder)
	})
}

// hints has a part of the hint that fits who has just begun with a lesson.
var hints = map[int]string{
	1: "Call fork(2) first",
	2: "Call chroot(2) with $ROOTFS in the child",
	3: "Call unshare(2) with CLONE_NEWNS in the child",
	4: "Add CLONE_NEWPID to the flags",
	5: "Make a directory in the cgroup tree",
	6: "Drop CAP_SYS_TIME from the bounding set",
	7: "Load a filter in the child",
	8: "profile",
}

// TestStarterFails the check of its lesson, with the hint that fits. As it is the
// solution of the lesson before, this is that one's negative control too.
func TestStarterFails(t *testing.T) {
	eachLesson(t, func(t *testing.T, n int, folder string, l Language) {
		r := judge(t, n, program(t, n, folder, l, "starter"))
		if r.Holds || r.NoShell != nil {
			t.Errorf("passed, or nothing could be judged: %+v", r)
		}
		if hints[n] == "" || !strings.Contains(r.Hint, hints[n]) {
			t.Errorf("the hint is %q, and not %q", r.Hint, hints[n])
		}
		hasLayers(t, r, folder)
	})
}

func judge(t *testing.T, n int, program string) *check.Report {
	t.Helper()
	root := testroot.Busybox(t)
	pids := filepath.Join(t.TempDir(), "pids")
	c := check.Check{
		Lesson: n, Env: append(os.Environ(), "ROOTFS="+root),
		Command: []string{"/bin/sh", "-c", `echo $$ >>"$0"; exec "$@"`, pids, program},
		Timeout: testenv.Patience,
	}
	r, err := c.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range r.Points {
		if p.State == check.Unclear {
			t.Errorf("%s could not be judged: %s", p.Name, p.Fact)
		}
	}
	started, err := os.ReadFile(pids)
	if err != nil {
		t.Fatal(err)
	}
	own := strings.Fields(string(started))
	for _, word := range own {
		pid, _ := strconv.Atoi(word)
		if left := remains(pid); len(left) > 0 {
			t.Errorf("it left behind %q", left)
		}
	}
	r.Warnings = slices.DeleteFunc(r.Warnings, func(text string) bool {
		_, name, ok := strings.Cut(text, "/box-")
		pid, _, _ := strings.Cut(name, ".")
		// Another suite's: of the same program, or what the tests of pkg/check make.
		return ok && !slices.Contains(own, pid) || strings.Contains(text, "/check-test-")
	})
	return r
}

// hasLayers looks for the layers of all exercises before that of the folder.
func hasLayers(t *testing.T, r *check.Report, folder string) {
	t.Helper()
	if n := slices.Index(folders(t), folder); len(r.Layers) != n {
		t.Errorf("%d layers were looked at, and not %d", len(r.Layers), n)
	}
	for _, l := range r.Layers {
		if !l.Holds {
			t.Errorf("layer %s is not there: %q", l.Name, l.Missing)
		}
	}
}

package check_test

import (
	"errors"
	"os"
	"strings"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/internal/testenv"
	"github.com/how-to-be-a-container/workshop/internal/testroot"
	"github.com/how-to-be-a-container/workshop/pkg/check"
)

// subreaper tells whether this process is one: prctl(2).
func subreaper(t *testing.T) int32 {
	t.Helper()
	var is int32
	if err := unix.Prctl(unix.PR_GET_CHILD_SUBREAPER, uintptr(unsafe.Pointer(&is)), 0, 0, 0); err != nil {
		t.Fatal(err)
	}
	return is
}

// TestSubreaperGivenBack: afterwards this process is one only where it was one before.
func TestSubreaperGivenBack(t *testing.T) {
	testenv.NotEmulated(t)
	set := func(is int32) {
		if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, uintptr(is), 0, 0, 0); err != nil {
			t.Fatal(err)
		}
	}
	before := subreaper(t)
	t.Cleanup(func() { set(before) })
	for _, is := range []int32{0, 1} {
		set(is)
		run(t, 1, `sh; exit $?`)
		if got := subreaper(t); got != is {
			t.Errorf("it was %d, and is %d", is, got)
		}
	}
}

// TestGuardTakenBack: no check leaves the group in which the program was started.
func TestGuardTakenBack(t *testing.T) {
	tree := tree(t)
	r := run(t, 5, `sh; exit $?`)
	guard, _, _ := strings.Cut(strings.TrimPrefix(r.Points[0].Fact, "it is in "), ": ")
	if !strings.HasPrefix(guard, tree.Path("")) {
		t.Fatalf("no guard: %+v", r.Points[0])
	}
	if _, err := os.Stat(guard); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%s is still there: %v", guard, err)
	}
}

// TestPipesClosed: no end of a pipe to a program stays open.
func TestPipesClosed(t *testing.T) {
	testenv.NotEmulated(t)
	testenv.Root(t)
	testenv.ClosesDescriptors(t, func() {
		c := check.Check{Lesson: 1, Command: []string{"true"}}
		if r, err := c.Run(t.Context()); err != nil || r.NoShell == nil {
			t.Errorf("%+v, %v", r, err)
		}
	})
}

// TestGuestTakenBack: our program is inside only as long as it attacks. Here inside is
// a directory outside, where one would see its mount.
func TestGuestTakenBack(t *testing.T) {
	testenv.NotEmulated(t)
	r := run(t, 3, `chroot "$ROOTFS" /bin/sh; exit $?`)
	for _, w := range r.Warnings {
		if strings.Contains(w, "tmpfs on "+testroot.Busybox(t)) {
			t.Error(w)
		}
	}
	if len(r.Points) != 4 || !strings.Contains(r.Points[3].Fact, "succeeded") {
		t.Errorf("the attack was not made: %+v", r.Points)
	}
}

// TestOuterProc: a /proc of a pid namespace around the shell's is not its own, also
// where the process that has the shell's number there is in the shell's namespace.
func TestOuterProc(t *testing.T) {
	testenv.NotEmulated(t)
	judge(t, []program{{
		// The first process inside has the number $outer outside, and has made as
		// many children as give the shell that number inside.
		"an outer proc", 4, inside("-m -p -f --kill-child -u -i -n --mount-proc", `exec unshare -p -f --kill-child sh -c "
			read -r outer rest </proc/self/stat
			i=2; while [ \$i -lt \$outer ]; do (:); i=\$((i+1)); done
			sh; exit \$?"`),
		"proc", "Mount a new one",
	}})
}

package cgroup

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// fakeGroup gives a directory that reads like a group, with the files NAME, TEXT, ...
// Name none but processes of the test's own: they may be killed.
func fakeGroup(t *testing.T, files ...string) string {
	t.Helper()
	dir := t.TempDir()
	for file := range slices.Chunk(files, 2) {
		if err := os.WriteFile(filepath.Join(dir, file[0]), []byte(file[1]), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// TestMembersOutside: a process outside of our pid namespace is none that can be killed.
func TestMembersOutside(t *testing.T) {
	pids, err := Members(fakeGroup(t, "cgroup.procs", "0\n7\n0\n"))
	if want := []int{7}; err != nil || !slices.Equal(pids, want) {
		t.Errorf("%v, %v; want %v", pids, err, want)
	}
}

// TestKillGivesUp on a process that does not end: here ourselves, which it never kills.
func TestKillGivesUp(t *testing.T) {
	defer func(d time.Duration) { patience = d }(patience)
	patience = 50 * time.Millisecond
	dir := fakeGroup(t, "cgroup.procs", fmt.Sprintln(os.Getpid()))
	if err := Kill(dir); !errors.Is(err, unix.EBUSY) {
		t.Errorf("the processes do not end: %v", err)
	}
	if err := Destroy(dir); !errors.Is(err, unix.EBUSY) {
		t.Errorf("Destroy: %v", err)
	}
}

// TestNoMoreForks: what cannot be killed at once is kept from forking, and nothing else.
func TestNoMoreForks(t *testing.T) {
	for _, test := range []struct {
		name, max string
		files     []string
	}{
		{"a process at a time", "0", nil},
		{"all at once", "9", []string{"cgroup.kill", ""}},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := fakeGroup(t, append(test.files, "cgroup.procs", "", "pids.max", "9")...)
			if left, err := killOnce(dir); left != 0 || err != nil {
				t.Errorf("left %d, %v", left, err)
			}
			if got, err := Read(filepath.Join(dir, "pids.max")); got != test.max || err != nil {
				t.Errorf("pids.max is %q, %v; want %q", got, err, test.max)
			}
		})
	}
}

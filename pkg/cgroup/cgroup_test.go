package cgroup

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// TestCount: a group that cannot be read has not no processes.
func TestCount(t *testing.T) {
	dir := t.TempDir()
	below := filepath.Join(dir, "below")
	if err := os.MkdirAll(filepath.Join(below, "cgroup.procs"), 0o755); err != nil { // no file
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "cgroup.procs"), []byte("7\n8\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if n, err := Count(dir); n != 2 || !errors.Is(err, unix.EISDIR) {
		t.Errorf("%d, %v", n, err)
	}
	if n, err := Count(filepath.Join(dir, "gone")); n != 0 || err != nil {
		t.Errorf("a group that is gone: %d, %v", n, err)
	}
}

package observe

import (
	"errors"
	"io/fs"
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/internal/testenv"
)

// TestWithoutProc: no /proc, and a directory that only looks like it.
func TestWithoutProc(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(dir+"/1", 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(dir+"/1/status", []byte("Name:\tfake\nState:\tS\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, proc := range []string{dir, dir + "/missing"} {
		s, err := takeFrom(proc, 1)
		if s != nil || !errors.Is(err, fs.ErrNotExist) || !errors.Is(err, unix.ENOENT) {
			t.Errorf("%s: got %v, %v", proc, s, err)
			continue
		}
		if !strings.Contains(err.Error(), "mount -t proc proc /proc") || !strings.Contains(err.Error(), "(ENOENT)") {
			t.Errorf("%s: %v", proc, err)
		}
	}
	if _, err := takeFrom("/proc", os.Getpid()); err != nil {
		t.Error(err)
	}
}

func TestClosesDescriptors(t *testing.T) {
	testenv.ClosesDescriptors(t, func() {
		if _, err := Take(os.Getpid()); err != nil {
			t.Fatal(err)
		}
	})
}

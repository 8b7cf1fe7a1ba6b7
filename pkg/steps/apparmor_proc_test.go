package steps

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// TestLabelWantsRealProcfs is CVE-2019-19921: a directory that looks like /proc
// takes the write, and confines nobody.
func TestLabelWantsRealProcfs(t *testing.T) {
	proc := t.TempDir()
	file := filepath.Join(proc, "thread-self/attr/apparmor/exec")
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s := &Spec{AppArmor: AppArmorSettings{Name: "workshop-test"}}
	var err error
	if s.Proc, err = unix.Open(proc, unix.O_PATH|unix.O_CLOEXEC, 0); err != nil {
		t.Fatal(err)
	}
	defer unix.Close(s.Proc)
	if err := enterAtExec(s); err == nil || !strings.Contains(err.Error(), "not procfs") {
		t.Errorf("a file of a plain directory was taken: %v", err)
	}
	if b, err := os.ReadFile(file); err != nil || len(b) > 0 {
		t.Errorf("written to it: %q, %v", b, err)
	}
	// A link out of it is not followed either.
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/proc/self/fd/0", file); err != nil {
		t.Fatal(err)
	}
	if err := enterAtExec(s); err == nil || !strings.Contains(err.Error(), "openat2") {
		t.Errorf("a link out of it was followed: %v", err)
	}
}

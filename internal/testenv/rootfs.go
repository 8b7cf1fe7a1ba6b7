package testenv

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// applets are the programs of Rootfs, each a symbolic link to /bin/busybox.
var applets = []string{"cat", "chmod", "id", "ls", "mount", "rm", "sh", "sleep", "true", "uptime"}

// Rootfs gives a small root filesystem of BusyBox, which ends with the test. Its
// /usr/bin/top is a file of its own and no link, so that a profile can name it.
func Rootfs(t testing.TB) string {
	t.Helper()
	busybox, err := exec.LookPath("busybox")
	Needs(t, "a static busybox in PATH", err == nil, err)
	program, err := os.ReadFile(busybox)
	must(t, err)
	root := t.TempDir()
	must(t, os.Chmod(root, 0o755))
	for _, dir := range []string{"bin", "dev", "proc", "root", "tmp", "usr/bin"} {
		must(t, os.MkdirAll(filepath.Join(root, dir), 0o755))
	}
	for _, name := range []string{"bin/busybox", "usr/bin/top"} {
		must(t, os.WriteFile(filepath.Join(root, name), program, 0o755))
	}
	for _, name := range applets {
		must(t, os.Symlink("busybox", filepath.Join(root, "bin", name)))
	}
	return root
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

package rootfs

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// lockThread gives this goroutine's thread a private mount namespace. The thread
// is never unlocked, so it ends with the goroutine.
func lockThread(t *testing.T) {
	t.Helper()
	runtime.LockOSThread()
	must(t, unix.Unshare(unix.CLONE_FS|unix.CLONE_NEWNS))
	must(t, unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""))
}

// ordinary runs a test of this binary as nobody, with a Dir of root's.
func ordinary(t *testing.T, test string) {
	t.Helper()
	sandbox(t)
	binary := filepath.Join(Dir(), "test")
	copyFile(t, "/proc/self/exe", binary)
	for dir := Dir(); dir != "/"; dir = filepath.Dir(dir) {
		if info, err := os.Stat(dir); err == nil && info.Mode().Perm()&0o001 == 0 {
			must(t, os.Chmod(dir, info.Mode().Perm()|0o055))
		}
	}
	cmd := exec.Command(binary, "-test.run="+test)
	cmd.Env = append(os.Environ(), "WORKSHOP_TEST_ORDINARY=1")
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	in, err := os.Open(from)
	must(t, err)
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY, 0o755)
	must(t, err)
	_, err = io.Copy(out, in)
	must(t, err)
	must(t, out.Close())
}

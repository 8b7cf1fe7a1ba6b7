package caps

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/internal/testenv"
	"github.com/how-to-be-a-container/workshop/internal/thread"
	"github.com/how-to-be-a-container/workshop/pkg/observe"
)

// TestReadProcess: who this process is, and who is root where it is.
func TestReadProcess(t *testing.T) {
	p, err := ReadProcess(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	if int(p.UID) != os.Getuid() || int(p.EUID) != os.Geteuid() {
		t.Errorf("user IDs %d and %d, want %d and %d", p.UID, p.EUID, os.Getuid(), os.Geteuid())
	}
	if p.RootUID == ^uint32(0) {
		t.Error("nobody is root here")
	}
	if p.Bounding == 0 {
		t.Error("no bounding set")
	}
}

// TestRootUID: where the kernel has no user namespaces 0 is root, and where one maps
// nobody yet, nobody is.
func TestRootUID(t *testing.T) {
	const nobody = ^uint32(0)
	user := map[string]observe.Namespace{"user": {Link: "user:[4026532000]"}}
	for _, c := range []struct {
		what string
		s    observe.Snapshot
		want uint32
	}{
		{"none", observe.Snapshot{}, 0},
		{"the first one", observe.Snapshot{UIDMap: "0 0 4294967295", Namespaces: user}, 0},
		{"a new one", observe.Snapshot{UIDMap: "0 1000 1", Namespaces: user}, 1000},
		{"one that maps nobody", observe.Snapshot{Namespaces: user}, nobody},
		{"one that maps nobody and is not shown", observe.Snapshot{Denied: []string{"ns"}}, nobody},
	} {
		for _, set := range []string{"CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"} {
			c.s.Status = append(c.s.Status, observe.Field{Name: set, Value: "0"})
		}
		c.s.Status = append(c.s.Status, observe.Field{Name: "Uid", Value: "0 0 0 0"}, observe.Field{Name: "Gid", Value: "0 0 0 0"})
		if p, err := FromSnapshot(&c.s); err != nil || p.RootUID != c.want {
			t.Errorf("%s: %d is root, %v", c.what, p.RootUID, err)
		}
	}
}

// TestNoRoot is read of this process alone.
func TestNoRoot(t *testing.T) {
	testenv.Root(t)
	for bits, want := range map[uintptr]bool{0: false, secbitNoRoot: true} {
		err := thread.Do(func() error {
			if err := unix.Prctl(unix.PR_SET_SECUREBITS, bits, 0, 0, 0); err != nil {
				return err
			}
			us, err := ReadProcess(os.Getpid())
			if us.NoRoot != want {
				t.Errorf("securebits %d: %v", bits, us.NoRoot)
			}
			other, otherErr := ReadProcess(os.Getppid())
			if other.NoRoot {
				t.Errorf("securebits %d: another process has it", bits)
			}
			return errors.Join(err, otherErr)
		})
		if err != nil {
			t.Error(err)
		}
	}
}

// TestReadFileInRoot: the names are those of the process, in its root directory and
// from its working directory.
func TestReadFileInRoot(t *testing.T) {
	root := testenv.Rootfs(t)
	testenv.Root(t)
	const owner = 4711
	err := errors.Join(os.Chown(filepath.Join(root, "bin/busybox"), owner, 0), os.Chown(filepath.Join(root, "usr/bin/top"), owner, 0),
		os.Symlink("/bin/busybox", filepath.Join(root, "link")))
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("/bin/sh", "-c", "echo up; exec sleep 60")
	cmd.Dir = "/usr"
	cmd.SysProcAttr = &syscall.SysProcAttr{Chroot: root, Pdeathsig: syscall.SIGKILL}
	said, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }()
	if _, err := io.ReadFull(said, make([]byte, 3)); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/link", "/bin/busybox", "bin/top", "../bin/busybox"} {
		if f, err := ReadFile(cmd.Process.Pid, path); err != nil || f.Owner != owner {
			t.Errorf("%s: %+v, %v", path, f, err)
		}
	}
}

// TestReadFileMode: set-group-ID without the group's x is no such bit: inode(7).
func TestReadFileMode(t *testing.T) {
	path := filepath.Join(t.TempDir(), "program")
	if err := os.WriteFile(path, []byte("ELF"), 0o700); err != nil {
		t.Fatal(err)
	}
	for mode, want := range map[uint32]File{
		0o755:  {},
		0o4755: {SetUID: true},
		0o2755: {SetGID: true},
		0o2745: {},
	} {
		if err := unix.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		f, err := ReadFile(os.Getpid(), path)
		if err != nil || f.SetUID != want.SetUID || f.SetGID != want.SetGID {
			t.Errorf("%o: %+v, %v", mode, f, err)
		}
	}
}

// TestScripts: a first line is read as the kernel does, which is asked.
func TestScripts(t *testing.T) {
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("needs sh: ", err)
	}
	for _, line := range []string{
		"#!" + sh + "\n", "#! \t" + sh + "\t-e\n", "#!" + sh, "#!" + sh + "\x00x\n",
		"#!" + sh + "\r\n", "#!" + sh + "\u00a0\n", "#!" + sh + "\v\n", "#!/nowhere\n",
	} {
		script := filepath.Join(t.TempDir(), "script")
		if err := os.WriteFile(script, []byte(line), 0o755); err != nil {
			t.Fatal(err)
		}
		executed := exec.Command(script).Run()
		if f, err := ReadFile(os.Getpid(), script); (err == nil) != (executed == nil) || err == nil && f.Path != sh {
			t.Errorf("%q: execve says %v, and we %q, %v", line, executed, f.Path, err)
		}
	}
}

func TestClosesDescriptors(t *testing.T) {
	script := filepath.Join(t.TempDir(), "script")
	if err := os.WriteFile(script, []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	testenv.ClosesDescriptors(t, func() {
		if _, err := ReadFile(os.Getpid(), script); err != nil {
			t.Fatal(err)
		}
	})
}

// TestReadFileAmidRenames has openat2(2) meet a rename while it goes up: EAGAIN.
func TestReadFileAmidRenames(t *testing.T) {
	name := filepath.Join(t.TempDir(), "a")
	if err := os.WriteFile(name, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	done := make(chan error, 1)
	go func() {
		var err error
		for ctx.Err() == nil && err == nil {
			err = errors.Join(os.Rename(name, name+"b"), os.Rename(name+"b", name))
		}
		done <- err
	}()
	for ctx.Err() == nil {
		fd, err := openIn(os.Getpid(), "/usr/../usr/../usr/../usr")
		if err != nil {
			t.Error(err)
			break
		}
		unix.Close(fd)
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

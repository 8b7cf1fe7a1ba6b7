package rootfs

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/internal/testenv"
	rootfsscripts "github.com/how-to-be-a-container/workshop/rootfs-scripts"
)

// sandbox gives the test a Dir of its own, as root.
func sandbox(t *testing.T) string {
	t.Helper()
	testenv.Root(t)
	dir := t.TempDir()
	t.Setenv("WORKSHOP_ROOTFS", dir)
	return dir
}

// left names what is in Dir apart from the copies of workshop.
func left(t *testing.T) []string {
	t.Helper()
	entries, err := os.ReadDir(Dir())
	must(t, err)
	var names []string
	for _, e := range entries {
		if e.Name() != ".tools" {
			names = append(names, e.Name())
		}
	}
	return names
}

// ownKind is a kind whose script is the test's; DIR is in it as $1.
func ownKind(script string) Kind {
	return Kind{Name: "host", script: "set -eu\n" + script, bytes: 1}
}

// TestBuildDebianWithoutNetwork: the last word of mmdebstrap names no cause.
func TestBuildDebianWithoutNetwork(t *testing.T) {
	sandbox(t)
	bin := t.TempDir()
	fake := "#!/bin/sh\necho 'Temporary failure resolving'; echo 'E: mmdebstrap failed to run' >&2; exit 1\n"
	must(t, os.WriteFile(filepath.Join(bin, "mmdebstrap"), []byte(fake), 0o755))
	t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
	k, err := kindOf("debian")
	must(t, err)
	k.bytes = 1 // the test's disk may be smaller
	_, err = build(t.Context(), k, io.Discard)
	if want := "mmdebstrap has failed, as it says above; it needs the network"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%v, want %s", err, want)
	}
}

func TestBuildKinds(t *testing.T) {
	testenv.NotEmulated(t)
	for _, kind := range []string{"busybox", "host"} {
		t.Run(kind, func(t *testing.T) {
			sandbox(t)
			var log bytes.Buffer
			dir, err := Build(t.Context(), kind, &log)
			if err != nil {
				t.Fatalf("%v\n%s", err, &log)
			}
			if found, err := Find(kind); err != nil || found != dir {
				t.Errorf("Find = %s, %v; want %s", found, err, dir)
			}
			inside(t, dir, `id -u; cat /etc/workshop-rootfs`, "0\n"+kind+"\n")
			inside(t, dir, `grep -c learner /etc/passwd; : >/dev/null && head -c 2 /dev/zero | wc -c`, "1\n2\n")
			inside(t, dir, `. /etc/profile; eval "echo \"$PS1\""`, "[workshop "+kind+"] / # \n")
			inside(t, dir, `test -x /usr/local/bin/workshop && echo here`, "here\n")
			if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o755 {
				t.Errorf("mode of /: %v, %v", info.Mode(), err)
			}
		})
	}
}

const umaskEnv = "WORKSHOP_TEST_UMASK"

// TestUmask: whoever builds or runs keeps files to itself by its umask, and an
// ordinary user of the container still gets in.
func TestUmask(t *testing.T) {
	if os.Getenv(umaskEnv) != "" {
		unix.Umask(0o077)
		_, err := Build(t.Context(), "busybox", nil)
		must(t, err)
		must(t, os.RemoveAll(filepath.Join(Dir(), "busybox/usr/local")))
		must(t, RefreshWorkshop(filepath.Join(Dir(), "busybox")))
		_, err = Tools()
		must(t, err)
		return
	}
	dir := sandbox(t)
	cmd := exec.Command("/proc/self/exe", "-test.run=^TestUmask$")
	cmd.Env = append(os.Environ(), umaskEnv+"=1", "WORKSHOP_ROOTFS="+filepath.Join(dir, "above/rootfs"))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	must(t, filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		must(t, err)
		info, err := d.Info()
		must(t, err)
		want := os.FileMode(0o044)
		if d.IsDir() {
			want = 0o055
		}
		// The home of root is root's, and so is what stands above the copies.
		if info.Mode()&want != want && path != dir && d.Name() != "root" && d.Name() != ".tools" {
			t.Errorf("%s is closed to others: %v", path, info.Mode())
		}
		return nil
	}))
}

// inside runs the shell line with the directory as its root.
func inside(t *testing.T, dir, line, want string) {
	t.Helper()
	cmd := exec.Command("/bin/sh", "-c", line)
	cmd.Dir, cmd.Env = "/", []string{"PATH=/usr/sbin:/usr/bin:/sbin:/bin"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Chroot: dir}
	out, err := cmd.CombinedOutput()
	if err != nil || string(out) != want {
		t.Errorf("%s: %q, %v; want %q", line, out, err, want)
	}
}

// AppArmor sees the path behind a link, so top must not be one.
func TestBusyboxTop(t *testing.T) {
	sandbox(t)
	dir, err := Build(t.Context(), "busybox", nil)
	must(t, err)
	top, err := os.Lstat(filepath.Join(dir, "usr/bin/top"))
	must(t, err)
	box, err := os.Lstat(filepath.Join(dir, "bin/busybox"))
	must(t, err)
	if !os.SameFile(top, box) || !top.Mode().IsRegular() {
		t.Errorf("/usr/bin/top is no hard link to busybox: %v", top.Mode())
	}
	for _, applet := range []string{"bin/ls", "usr/bin/awk", "linuxrc"} {
		target, err := filepath.EvalSymlinks(filepath.Join(dir, applet))
		if err != nil || target != filepath.Join(dir, "bin/busybox") {
			t.Errorf("%s leads to %s, %v", applet, target, err)
		}
	}
}

func TestBuildBadKind(t *testing.T) {
	sandbox(t)
	for _, name := range []string{"", "busibox", "..", "../etc", "/", "."} {
		if _, err := Build(t.Context(), name, nil); err == nil {
			t.Errorf("Build(%q) succeeded", name)
		}
		if err := Remove(name); err == nil {
			t.Errorf("Remove(%q) succeeded", name)
		}
	}
}

func TestFailedBuildLeavesNothing(t *testing.T) {
	for name, script := range map[string]string{
		"at once":          `echo said >&2; exit 3`,
		"half way":         `mkdir "$1/bin"; echo said >&2; exit 1`,
		"in layout":        `mkdir "$1/etc"; mkdir "$1/etc/hostname"; echo said >&2`,
		"with a mount":     `mkdir "$1/m"; mount -t tmpfs none "$1/m"; echo said >&2; exit 1`,
		"with a daemon":    `(exec sleep 1000 >/dev/null 2>&1) & echo said >&2; exit 1`,
		"with rubbish":     `chmod 000 "$1"; echo x >"$TMPDIR/x"; echo said >&2; exit 1`,
		"without last one": `exit 1`,
	} {
		t.Run(name, func(t *testing.T) {
			sandbox(t)
			_, err := build(t.Context(), ownKind(script), io.Discard)
			if err == nil {
				t.Fatal("it succeeded")
			}
			if names := left(t); names != nil {
				t.Errorf("left behind: %v", names)
			}
		})
	}
}

func TestErrorIsLastWord(t *testing.T) {
	sandbox(t)
	_, err := build(t.Context(), ownKind(`echo one >&2; echo the reason >&2; exit 1`), io.Discard)
	if err == nil || err.Error() != "the reason" {
		t.Errorf("got %v", err)
	}
}

// A build that is interrupted leaves nothing, and an older root filesystem stays.
func TestInterruptedBuild(t *testing.T) {
	for name, script := range map[string]string{
		"in the shell": `mkdir "$1/bin"; echo ready; while :; do :; done`,
		"in a command": `mkdir "$1/bin"; echo ready; sleep 1000`,
		"deaf":         `trap '' INT TERM HUP; echo ready; sleep 1000; sleep 1000`,
		"mounted":      `mount -t tmpfs none "$1"; echo ready; sleep 1000`,
	} {
		t.Run(name, func(t *testing.T) {
			dir := sandbox(t)
			must(t, os.MkdirAll(filepath.Join(dir, "host", "older"), 0o755))
			ctx, cancel := context.WithCancel(t.Context())
			ready := &onWrite{do: cancel}
			_, err := build(ctx, ownKind(script), ready)
			if !errors.Is(err, context.Canceled) {
				t.Errorf("error %v, want context.Canceled", err)
			}
			if names := left(t); len(names) != 1 {
				t.Errorf("left behind: %v", names)
			}
			if _, err := os.Stat(filepath.Join(dir, "host", "older")); err != nil {
				t.Errorf("what was there before: %v", err)
			}
		})
	}
}

// onWrite calls do at the first write.
type onWrite struct {
	once sync.Once
	do   func()
}

func (w *onWrite) Write(p []byte) (int, error) {
	w.once.Do(w.do)
	return len(p), nil
}

const killedEnv = "WORKSHOP_TEST_KILLED_BUILD"

// After kill -9 of the builder no process of the build lives, and the next build
// sweeps its directory away; while the builder lives, it does not.
func TestKilledBuild(t *testing.T) {
	if script := os.Getenv(killedEnv); script != "" {
		_, err := build(t.Context(), ownKind(script), os.Stdout)
		t.Fatalf("not killed: %v", err)
	}
	sandbox(t)
	cmd := exec.Command("/proc/self/exe", "-test.run=^TestKilledBuild$")
	cmd.Env = append(os.Environ(), killedEnv+`=trap "" TERM; sleep 1000 & readlink -f "$1" >"$1/up"; echo up; wait`)
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	_, err = io.ReadFull(out, make([]byte, 3))
	must(t, err)

	good := ownKind(`mkdir "$1/bin"`)
	_, err = build(t.Context(), good, io.Discard)
	must(t, err)
	if names := left(t); len(names) != 2 {
		t.Errorf("while the builder lives: %v; want its work directory and host", names)
	}
	marked := filepath.Join(Dir(), left(t)[0])
	if n := len(processesWith(marked)); n == 0 {
		t.Error("this test cannot find the processes of a build")
	}
	must(t, cmd.Process.Kill())
	_ = cmd.Wait()
	testenv.Eventually(t, 5*time.Second, "the processes of the killed build end", func() bool { return len(processesWith(marked)) == 0 })
	// A process that ends gives back its memory, and with it what we search for,
	// before its descriptors.
	testenv.Eventually(t, 5*time.Second, "the next build sweeps its directory", func() bool {
		_, err = build(t.Context(), good, io.Discard)
		must(t, err)
		return len(left(t)) == 1
	})
}

const mountedEnv = "WORKSHOP_TEST_MOUNTED"

// The sweep deletes nothing through a mount that is below a dead build.
func TestSweepStaysOutOfMounts(t *testing.T) {
	if precious := os.Getenv(mountedEnv); precious != "" {
		must(t, unix.Mount(precious, filepath.Join(Dir(), workPrefix+"dead/root/m"), "", unix.MS_BIND, ""))
		sweep(Dir())
		return
	}
	dead, precious := filepath.Join(sandbox(t), workPrefix+"dead"), t.TempDir()
	must(t, os.MkdirAll(filepath.Join(dead, "root/m"), 0o755))
	must(t, os.WriteFile(filepath.Join(precious, "file"), nil, 0o644))
	cmd := exec.Command("/proc/self/exe", "-test.run=^TestSweepStaysOutOfMounts$")
	cmd.Env = append(os.Environ(), mountedEnv+"="+precious)
	cmd.SysProcAttr = &syscall.SysProcAttr{Unshareflags: syscall.CLONE_NEWNS} // Go makes its mounts private
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if _, err := os.Stat(filepath.Join(precious, "file")); err != nil {
		t.Errorf("deleted through the mount: %v", err)
	}
	sweep(Dir())
	if names := left(t); names != nil {
		t.Errorf("without the mount it stays: %v", names)
	}
}

// processesWith gives the processes that have the text in their arguments or
// environment.
func processesWith(text string) []string {
	var found []string
	procs, _ := filepath.Glob("/proc/[0-9]*")
	for _, p := range procs {
		args, _ := os.ReadFile(p + "/cmdline")
		env, _ := os.ReadFile(p + "/environ")
		if bytes.Contains(append(args, env...), []byte(text)) {
			found = append(found, p)
		}
	}
	return found
}

func TestBuildsAtOnce(t *testing.T) {
	testenv.NotEmulated(t)
	sandbox(t)
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			if _, err := Build(t.Context(), "busybox", nil); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if names := left(t); len(names) != 1 || names[0] != "busybox" {
		t.Errorf("left: %v", names)
	}
	inside(t, filepath.Join(Dir(), "busybox"), "echo well", "well\n")
}

// The disk is a tmpfs that this test's thread alone sees, and what it starts.
func TestNoSpace(t *testing.T) {
	dir := sandbox(t)
	lockThread(t)
	must(t, unix.Mount("tmpfs", dir, "tmpfs", 0, "size=2m"))
	defer func() { must(t, unix.Unmount(dir, unix.MNT_DETACH)) }()

	if _, err := Build(t.Context(), "busybox", nil); !errors.Is(err, unix.ENOSPC) || !strings.Contains(err.Error(), "WORKSHOP_ROOTFS") {
		t.Errorf("before the build: %v", err)
	}
	greedy := ownKind(`head -c 8000000 /dev/zero >"$1/big"`)
	if _, err := build(t.Context(), greedy, io.Discard); !errors.Is(err, unix.ENOSPC) {
		t.Errorf("in the script: %v", err)
	}
	if _, err := build(t.Context(), ownKind(""), io.Discard); !errors.Is(err, unix.ENOSPC) {
		t.Errorf("in the copy of the program: %v", err)
	}
	if _, err := Tools(); !errors.Is(err, unix.ENOSPC) {
		t.Errorf("in Tools: %v", err)
	}
	if names := left(t); names != nil {
		t.Errorf("left behind: %v", names)
	}
}

// Where mknod is refused, the build goes on and says so.
func TestNoMknod(t *testing.T) {
	sandbox(t)
	var log bytes.Buffer
	script := "mkdir $1/bin\n"
	refuse := "mknod() { return 1; }\n" + rootfsscripts.Layout
	must(t, os.MkdirAll(filepath.Join(Dir(), "x"), 0o755))
	cmd := exec.Command("/bin/sh", "-c", script+refuse, "layout.sh", filepath.Join(Dir(), "x"), "host")
	cmd.Stdout, cmd.Stderr = &log, &log
	must(t, cmd.Run())
	if !strings.Contains(log.String(), "mknod is not permitted") {
		t.Errorf("said: %s", &log)
	}
	if info, err := os.Lstat(filepath.Join(Dir(), "x/dev/null")); err != nil || !info.Mode().IsRegular() {
		t.Errorf("/dev/null: %v, %v", info, err)
	}
	if _, err := os.Lstat(filepath.Join(Dir(), "x/dev/zero")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("/dev/zero: %v, want none", err)
	}
}

func TestRemove(t *testing.T) {
	dir := sandbox(t)
	outside := t.TempDir()
	must(t, os.WriteFile(filepath.Join(outside, "precious"), nil, 0o644))
	host := filepath.Join(dir, "host")
	must(t, os.MkdirAll(filepath.Join(host, "etc"), 0o755))
	must(t, os.Symlink(outside, filepath.Join(host, "way-out")))
	must(t, Remove("host"))
	must(t, os.Symlink(outside, host))
	must(t, Remove("host"))
	if _, err := os.Stat(filepath.Join(outside, "precious")); err != nil {
		t.Errorf("the way out was followed: %v", err)
	}
	if names := left(t); names != nil {
		t.Errorf("left: %v", names)
	}
	if err := Remove("host"); !errors.Is(err, ErrNotBuilt) {
		t.Errorf("Remove of nothing: %v", err)
	}
}

// What uses a root filesystem is found in other mount namespaces too.
func TestInUse(t *testing.T) {
	for name, script := range map[string]string{
		"nothing":            `:`,
		"a mount in it":      `mount -t tmpfs none "$1/mnt"`,
		"a bind mount of it": `mkdir "$2/b"; mount --bind "$1" "$2/b"`,
		"an overlay on it":   `mkdir "$2/o"; mount -t overlay -o lowerdir="$1:$2" none "$2/o"`,
		"a process at home":  `cd "$1"`,
	} {
		t.Run(name, func(t *testing.T) {
			dir := sandbox(t)
			host := filepath.Join(dir, "host")
			must(t, os.MkdirAll(filepath.Join(host, "mnt"), 0o755))
			tmp := t.TempDir()
			cmd := exec.Command("/bin/sh", "-c", script+` && echo up && sleep 1000`, "sh", host, tmp)
			cmd.SysProcAttr = &syscall.SysProcAttr{Unshareflags: syscall.CLONE_NEWNS, Setpgid: true, Pdeathsig: syscall.SIGKILL}
			out, err := cmd.StdoutPipe()
			must(t, err)
			runtime.LockOSThread() // the death signal is this thread's end
			defer runtime.UnlockOSThread()
			must(t, cmd.Start())
			defer func() { _ = unix.Kill(-cmd.Process.Pid, unix.SIGKILL); _ = cmd.Wait() }()
			if _, err := io.ReadFull(out, make([]byte, 3)); err != nil {
				t.Fatal(err)
			}
			err = Remove("host")
			_, buildErr := build(t.Context(), ownKind(`:`), io.Discard)
			pid := strconv.Itoa(cmd.Process.Pid)
			switch {
			case name == "nothing" && (err != nil || buildErr != nil):
				t.Errorf("Remove: %v; Build: %v", err, buildErr)
			case name == "nothing":
			case err == nil || !strings.Contains(err.Error(), pid):
				t.Errorf("Remove: %v; want an error with process %s", err, pid)
			case buildErr == nil:
				t.Error("Build replaced what is in use")
			}
		})
	}
}

func TestNotRoot(t *testing.T) {
	if os.Getenv("WORKSHOP_TEST_ORDINARY") == "" {
		ordinary(t, "^TestNotRoot$")
		return
	}
	if _, err := Build(t.Context(), "busybox", nil); !errors.Is(err, ErrNotRoot) {
		t.Errorf("Build: %v", err)
	}
	if err := Remove("busybox"); !errors.Is(err, ErrNotRoot) {
		t.Errorf("Remove: %v", err)
	}
	if _, err := Tools(); err == nil || !strings.Contains(err.Error(), "sudo") {
		t.Errorf("Tools: %v", err)
	}
}

// TestSweepTakesNoPattern: a directory may be called as a pattern would be, and is
// swept itself, and no other.
func TestSweepTakesNoPattern(t *testing.T) {
	top := t.TempDir()
	rubbish, other := top+"/a[b]*/.build-1", top+"/ab/.build-1"
	for _, dir := range []string{rubbish, other, top + "/a[b]*/.new-1"} {
		must(t, os.MkdirAll(dir, 0o755))
	}
	sweep(top + "/a[b]*")
	sweepTools(top + "/a[b]*")
	left, err := os.ReadDir(top + "/a[b]*")
	if _, gone := os.Stat(other); err != nil || len(left) > 0 || gone != nil {
		t.Errorf("left %v, %v; of another directory: %v", left, err, gone)
	}
}

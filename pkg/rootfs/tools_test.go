package rootfs

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/internal/sudo"
)

func TestTools(t *testing.T) {
	sandbox(t)
	dir, err := Tools()
	must(t, err)
	mine, err := os.ReadFile("/proc/self/exe")
	must(t, err)
	copied, err := os.ReadFile(filepath.Join(dir, workshopPath))
	must(t, err)
	if !bytes.Equal(mine, copied) {
		t.Error("the copy is not this program")
	}
	for at := filepath.Join(dir, workshopPath); at != toolsDir(); at = filepath.Dir(at) {
		if info, err := os.Stat(at); err != nil || info.Mode().Perm() != 0o755 {
			t.Errorf("%s: %v, %v; an overlay shows this mode", at, info.Mode(), err)
		}
	}
}

// Fresh, it costs a stat: the copy is not written again. Damaged, it is.
func TestToolsFreshAndDamaged(t *testing.T) {
	sandbox(t)
	dir, err := Tools()
	must(t, err)
	path := filepath.Join(dir, workshopPath)
	first, err := os.Stat(path)
	must(t, err)
	_, err = Tools()
	must(t, err)
	second, err := os.Stat(path)
	must(t, err)
	if !os.SameFile(first, second) {
		t.Error("a fresh copy was made anew")
	}
	must(t, os.Truncate(path, 7))
	_, err = Tools()
	must(t, err)
	if third, err := os.Stat(path); err != nil || third.Size() != first.Size() {
		t.Errorf("a damaged copy stays: %v, %v", third, err)
	}
	for _, mode := range []os.FileMode{0o600, 0o755 | os.ModeSetuid} {
		must(t, os.Chmod(path, mode))
		_, err = Tools()
		must(t, err)
		if info, err := os.Stat(path); err != nil || info.Mode() != 0o755 {
			t.Errorf("a copy of mode %v stays: %v, %v", mode, info.Mode(), err)
		}
	}
	usr := filepath.Join(dir, "usr")
	must(t, os.Chmod(usr, 0o700))
	_, err = Tools()
	must(t, err)
	if info, err := os.Stat(usr); err != nil || info.Mode().Perm() != 0o755 {
		t.Errorf("a directory that is closed stays so: %v, %v", info, err)
	}
}

const toolsEnv = "WORKSHOP_TEST_TOOLS"

// Many processes at once get a whole copy each, and the same where they are the
// same build.
func TestToolsAtOnce(t *testing.T) {
	if os.Getenv(toolsEnv) != "" {
		dir, err := Tools()
		must(t, err)
		fmt.Println("DIR", dir)
		return
	}
	sandbox(t)
	binaries := make([]string, 6)
	for i := range binaries {
		binaries[i] = filepath.Join(t.TempDir(), "test")
		copyFile(t, "/proc/self/exe", binaries[i])
		stamp := time.Unix(1e9+int64(i/2), 0) // three builds
		must(t, os.Chtimes(binaries[i], stamp, stamp))
	}
	var group sync.WaitGroup
	var lock sync.Mutex
	dirs := map[string]bool{}
	for _, binary := range binaries {
		group.Go(func() {
			cmd := exec.Command(binary, "-test.run=^TestToolsAtOnce$")
			cmd.Env = append(os.Environ(), toolsEnv+"=1")
			out, err := cmd.CombinedOutput()
			_, dir, found := strings.Cut(string(out), "DIR ")
			if err != nil || !found {
				t.Errorf("%v: %s", err, out)
				return
			}
			lock.Lock()
			defer lock.Unlock()
			dirs[strings.Fields(dir)[0]] = true
		})
	}
	group.Wait()
	if len(dirs) != 3 {
		t.Errorf("%d directories for 3 builds: %v", len(dirs), dirs)
	}
}

// The copies of other builds go, but for the newest and those in use.
func TestToolsSweep(t *testing.T) {
	sandbox(t)
	parent := filepath.Join(Dir(), ".tools")
	for i := range 9 {
		name := filepath.Join(parent, fmt.Sprint("build", i))
		must(t, os.MkdirAll(name, 0o755))
		stamp := time.Unix(1e9+int64(i), 0)
		must(t, os.Chtimes(name, stamp, stamp))
	}
	must(t, os.Mkdir(filepath.Join(parent, ".new-dead"), 0o755))
	user, err := lockDir(filepath.Join(parent, "build0"), unix.LOCK_SH)
	must(t, err)
	defer user.Close()
	dir, err := Tools()
	must(t, err)
	var names []string
	entries, err := os.ReadDir(parent)
	must(t, err)
	for _, e := range entries {
		names = append(names, e.Name())
	}
	want := []string{"build0", "build5", "build6", "build7", "build8"}
	for _, w := range append(want, filepath.Base(dir)) {
		if _, err := os.Stat(filepath.Join(parent, w)); err != nil {
			t.Errorf("%s is gone", w)
		}
	}
	if len(names) != len(want)+1 {
		t.Errorf("left: %v", names)
	}
}

// TestLocksAreRoots: an ordinary user can lock nothing that a run or a build waits for,
// where an older workshop has made the directories, too.
func TestLocksAreRoots(t *testing.T) {
	dir := sandbox(t)
	must(t, os.Chmod(filepath.Dir(dir), 0o755)) // a user gets there
	must(t, os.Mkdir(toolsDir(), 0o755))
	user := &sudo.User{UID: 4711, GID: 4711}
	var held *os.File
	lock := func(at string) error {
		return user.Act(func() (err error) {
			held, err = lockDir(at, unix.LOCK_EX|unix.LOCK_NB)
			return err
		})
	}
	must(t, lock(Dir())) // as one of root's that all may read
	defer held.Close()
	made := make(chan *work, 1)
	go func() {
		w, err := newWork("host")
		if err != nil {
			t.Error(err)
		}
		made <- w
	}()
	select {
	case w := <-made:
		defer w.remove()
		tools, err := Tools()
		must(t, err)
		for _, at := range []string{w.path, toolsDir(), tools} {
			if err := lock(at); !errors.Is(err, os.ErrPermission) {
				t.Errorf("%s can be locked: %v", at, err)
			}
		}
	case <-time.After(10 * time.Second):
		t.Error("a build waits for a user's lock")
	}
}

// TestUnreadableMarker: what cannot be looked at is not said to be somebody else's.
func TestUnreadableMarker(t *testing.T) {
	dir := t.TempDir()
	must(t, os.WriteFile(filepath.Join(dir, "etc"), nil, 0o644))
	if err := RefreshWorkshop(dir); !errors.Is(err, unix.ENOTDIR) {
		t.Error(err)
	}
}

func TestRefreshWorkshop(t *testing.T) {
	dir := sandbox(t)
	outside := t.TempDir()
	if err := RefreshWorkshop(dir); err == nil {
		t.Error("it wrote into a directory that workshop did not build")
	}
	must(t, os.MkdirAll(filepath.Join(dir, "etc"), 0o755))
	must(t, os.WriteFile(filepath.Join(dir, marker), nil, 0o644))
	must(t, RefreshWorkshop(dir))
	path := filepath.Join(dir, workshopPath)
	first, err := os.Stat(path)
	must(t, err)
	must(t, RefreshWorkshop(dir))
	if second, err := os.Stat(path); err != nil || !os.SameFile(first, second) {
		t.Errorf("a fresh copy was made anew: %v", err)
	}
	must(t, os.Chtimes(path, time.Now(), time.Now()))
	must(t, RefreshWorkshop(dir))
	if third, err := os.Stat(path); err != nil || !third.ModTime().Equal(first.ModTime()) {
		t.Errorf("another build's copy stays: %v", err)
	}
	// What a killed process of this ID left behind.
	half := filepath.Join(filepath.Dir(path), fmt.Sprint(".workshop-", os.Getpid()))
	must(t, os.WriteFile(half, []byte("half"), 0o600))
	must(t, os.Truncate(path, 7))
	must(t, RefreshWorkshop(dir))
	if whole, err := os.Stat(path); err != nil || whole.Size() != first.Size() || whole.Mode() != 0o755 {
		t.Errorf("after half a copy: %v, %v", whole, err)
	}
	// What a container with root could leave behind.
	for _, link := range []string{"usr/local/bin", "usr/local", "usr"} {
		must(t, os.RemoveAll(filepath.Join(dir, link)))
		must(t, os.Symlink(outside, filepath.Join(dir, link)))
		if err := RefreshWorkshop(dir); err == nil {
			t.Errorf("it followed %s out of the root filesystem", link)
		}
		must(t, os.Remove(filepath.Join(dir, link)))
		must(t, os.MkdirAll(filepath.Join(dir, "usr/local"), 0o755))
	}
	if entries, _ := os.ReadDir(outside); len(entries) != 0 {
		t.Errorf("written outside: %v", entries)
	}
}

func BenchmarkToolsFresh(b *testing.B) {
	if os.Geteuid() != 0 {
		b.Skip("needs root")
	}
	b.Setenv("WORKSHOP_ROOTFS", b.TempDir())
	for b.Loop() {
		if _, err := Tools(); err != nil {
			b.Fatal(err)
		}
	}
}

// TestRefreshWorkshopFails: the error is of what failed, and not of what came of that.
func TestRefreshWorkshopFails(t *testing.T) {
	dir := t.TempDir()
	must(t, os.MkdirAll(filepath.Join(dir, "etc"), 0o755))
	must(t, os.WriteFile(filepath.Join(dir, marker), nil, 0o644))
	must(t, os.MkdirAll(filepath.Join(dir, "usr/local"), 0o755))
	must(t, os.WriteFile(filepath.Join(dir, "usr/local/bin"), nil, 0o644))
	err := RefreshWorkshop(dir)
	if !errors.Is(err, unix.ENOTDIR) || strings.Contains(fmt.Sprint(err), "\n") {
		t.Errorf("%v, want one line with ENOTDIR", err)
	}
}

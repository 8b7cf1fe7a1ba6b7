package progress

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/internal/testenv"
)

// TestMain records one event where a test runs this again for that.
func TestMain(m *testing.M) {
	if n, err := strconv.Atoi(os.Getenv("RECORD_HINT")); err == nil {
		if err := Record(Event{Lesson: n, Kind: Hinted, Hint: 1}); err != nil {
			println(err.Error())
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// home gives this test a state directory of its own.
func home(t *testing.T) (file string) {
	t.Helper()
	dir := t.TempDir()
	t.Setenv("XDG_STATE_HOME", dir)
	t.Setenv("SUDO_UID", "")
	t.Setenv("SUDO_GID", "")
	return filepath.Join(dir, "workshop", fileName)
}

// filePath is the name of the file, whether it exists or not.
func filePath() (string, error) {
	o, err := whose()
	return filepath.Join(o.folder, fileName), err
}

func record(t *testing.T, events ...Event) {
	t.Helper()
	if err := Record(events...); err != nil {
		t.Fatal(err)
	}
}

func saved(t *testing.T) *Progress {
	t.Helper()
	p, err := Read()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func stat(t *testing.T, file string) os.FileInfo {
	t.Helper()
	info, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	return info
}

func TestRecord(t *testing.T) {
	file := home(t)
	if p := saved(t); len(p.Lessons) != 0 {
		t.Errorf("before anything: %+v", p)
	}
	if _, err := os.Stat(filepath.Dir(file)); err == nil {
		t.Error("reading made a folder")
	}
	record(
		t,
		Event{Lesson: 2, Kind: Watched}, Event{Lesson: 2, Kind: Played},
		Event{Lesson: 2, Kind: Hinted, Hint: 2}, Event{Lesson: 2, Kind: Hinted, Hint: 1},
		Event{Lesson: 2, Kind: Answered, Question: 1, Right: false}, Event{Lesson: 2, Kind: Answered, Question: 2, Right: true},
		Event{Lesson: 2, Kind: Failed}, Event{Lesson: 3, Kind: Failed},
	)
	record(t, Event{Lesson: 2, Kind: Answered, Question: 1, Right: true}, Event{Lesson: 2, Kind: Passed})
	record(t, Event{Lesson: 2, Kind: Answered, Question: 1, Right: false}) // right once, as an exercise is passed once
	first := saved(t).Lesson(2).Passed
	record(t, Event{Lesson: 2, Kind: Failed}, Event{Lesson: 2, Kind: Passed})

	p := saved(t)
	l := p.Lesson(2)
	if l.Watched.IsZero() || l.Played.IsZero() || !l.Passed.Equal(first) || time.Since(first) > time.Minute {
		t.Errorf("times: %+v", l)
	}
	if l.Tries != 2 || l.Hints != 2 || l.RightAnswers() != 2 || len(l.Quiz) != 2 {
		t.Errorf("counts: %+v", l)
	}
	if l := p.Lesson(3); !l.Passed.IsZero() || l.Tries != 1 || p.Lesson(4).Tries != 0 {
		t.Errorf("another lesson: %+v", l)
	}
	if diff := cmp.Diff([]int{2, 3}, p.Numbers()); diff != "" {
		t.Error(diff)
	}
	// What is known already is not written again.
	before := stat(t, file)
	record(t, Event{Lesson: 2, Kind: Watched})
	if !os.SameFile(before, stat(t, file)) {
		t.Error("a lesson that is watched again was written down again")
	}
	record(t, Event{Lesson: 3, Kind: Watched})
	if os.SameFile(before, stat(t, file)) {
		t.Error("a lesson that is watched for the first time was not")
	}
	if err := Reset(2); err != nil || len(saved(t).Lessons) != 1 {
		t.Errorf("Reset: %v, %+v", err, saved(t))
	}
	if err := ResetAll(); err != nil || len(saved(t).Lessons) != 0 {
		t.Errorf("ResetAll: %v, %+v", err, saved(t))
	}
}

func TestWhere(t *testing.T) {
	home(t)
	t.Setenv("HOME", "/home/ada")
	t.Setenv("XDG_STATE_HOME", "relative")
	if path, err := filePath(); err != nil || path != "/home/ada/.local/state/workshop/progress.json" {
		t.Errorf("%s, %v", path, err)
	}
	t.Setenv("XDG_STATE_HOME", "/state")
	if path, err := filePath(); err != nil || path != "/state/workshop/progress.json" {
		t.Errorf("%s, %v", path, err)
	}
}

// TestSudoHome looks where the progress of somebody is who uses sudo.
func TestSudoHome(t *testing.T) {
	testenv.Root(t)
	u, err := user.Lookup("nobody")
	testenv.Needs(t, "user nobody", err == nil, err)
	home(t)
	t.Setenv("HOME", "/root")
	t.Setenv("XDG_STATE_HOME", "")
	t.Setenv("SUDO_UID", u.Uid)
	t.Setenv("SUDO_GID", u.Gid)
	if path, err := filePath(); err != nil || path != filepath.Join(u.HomeDir, ".local/state/workshop/progress.json") {
		t.Errorf("%s, %v", path, err)
	}
	if err := Record(Event{Lesson: 1, Kind: Watched}); !errors.Is(err, unix.EACCES) && !errors.Is(err, unix.ENOENT) {
		t.Errorf("nobody has a home: %v", err) // root could make it
	}
	t.Setenv("SUDO_UID", "54321")
	if _, err := filePath(); err == nil || !strings.Contains(err.Error(), "54321") {
		t.Errorf("a user that is not there: %v", err)
	}
}

// TestSudo sees to it that everything belongs to who ran sudo, and that root's
// power is not used.
func TestSudo(t *testing.T) {
	testenv.Root(t)
	file := home(t)
	state := os.Getenv("XDG_STATE_HOME")
	for _, dir := range []string{state, filepath.Dir(state)} {
		if err := os.Chmod(dir, 0o755); err != nil { // t.TempDir is root's alone
			t.Fatal(err)
		}
	}
	t.Setenv("SUDO_UID", "4711")
	t.Setenv("SUDO_GID", "4712")
	if err := Record(Event{Lesson: 1, Kind: Passed}); !errors.Is(err, unix.EACCES) {
		t.Errorf("in a folder of root: %v", err)
	}
	if err := os.Chown(state, 4711, 4712); err != nil {
		t.Fatal(err)
	}
	record(t, Event{Lesson: 1, Kind: Passed})
	for _, name := range []string{filepath.Dir(file), file, filepath.Join(filepath.Dir(file), lockName)} {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if s := info.Sys().(*syscall.Stat_t); s.Uid != 4711 || s.Gid != 4712 || s.Mode&0o077 != 0 {
			t.Errorf("%s is of %d:%d, mode %o", name, s.Uid, s.Gid, s.Mode)
		}
	}
	if saved(t).Lesson(1).Passed.IsZero() {
		t.Error("it was not kept")
	}
	made := filepath.Join(t.TempDir(), "root's")
	if err := os.WriteFile(made, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(made); err != nil || info.Sys().(*syscall.Stat_t).Uid != 0 {
		t.Errorf("what is written afterwards is not root's: %v", err)
	}
}

func TestBroken(t *testing.T) {
	for _, broken := range []string{"", "{", "[]", `{"version": 1}`, `{"lessons": {}}`, "\x00\x00"} {
		file := home(t)
		record(t, Event{Lesson: 1, Kind: Watched})
		if err := os.WriteFile(file, []byte(broken), 0o600); err != nil {
			t.Fatal(err)
		}
		if p, err := Read(); err == nil || len(p.Lessons) != 0 {
			t.Errorf("%q was read: %+v", broken, p)
		}
		err := Record(Event{Lesson: 2, Kind: Watched})
		var aside *Aside
		if !errors.As(err, &aside) {
			t.Errorf("%q: %v", broken, err)
			continue
		}
		if b, err := os.ReadFile(aside.Name); err != nil || string(b) != broken {
			t.Errorf("%q is lost: %q, %v", broken, b, err)
		}
		if diff := cmp.Diff([]int{2}, saved(t).Numbers()); diff != "" {
			t.Errorf("after %q: %s", broken, diff)
		}
	}
}

// TestNewer leaves alone what a later program wrote.
func TestNewer(t *testing.T) {
	file := home(t)
	record(t, Event{Lesson: 1, Kind: Watched})
	const text = `{"version": 2, "lessons": {}, "more": true}`
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Record(Event{Lesson: 2, Kind: Watched}); err == nil || !strings.Contains(err.Error(), "a newer workshop wrote it") {
		t.Errorf("%v", err)
	}
	if b, err := os.ReadFile(file); err != nil || string(b) != text {
		t.Errorf("%q, %v", b, err)
	}
}

// TestTogether records from many processes and goroutines at once: nothing is
// lost.
func TestTogether(t *testing.T) {
	home(t)
	const processes, each = 8, 8
	var wg sync.WaitGroup
	for n := 1; n <= processes; n++ {
		wg.Go(func() {
			cmd := exec.Command("/proc/self/exe")
			cmd.Env = append(os.Environ(), "RECORD_HINT="+strconv.Itoa(100*n))
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%v: %s", err, out)
			}
		})
		wg.Go(func() {
			for i := 1; i <= each; i++ {
				if err := Record(Event{Lesson: 100*n + i, Kind: Watched}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if n := len(saved(t).Lessons); n != processes*(each+1) {
		t.Errorf("%d of %d are there", n, processes*(each+1))
	}
}

// TestLocked does not wait for ever.
func TestLocked(t *testing.T) {
	file := home(t)
	record(t, Event{Lesson: 1, Kind: Watched})
	lock, err := hold(filepath.Join(filepath.Dir(file), lockName))
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	if err := Record(Event{Lesson: 2, Kind: Watched}); !errors.Is(err, unix.EWOULDBLOCK) || time.Since(start) < patience {
		t.Errorf("%v", err)
	}
	lock.Close()
	record(t, Event{Lesson: 3, Kind: Watched})
	if diff := cmp.Diff([]int{1, 3}, saved(t).Numbers()); diff != "" {
		t.Error(diff)
	}
}

// TestFull fails to write, and the old file stays.
func TestFull(t *testing.T) {
	file := home(t)
	record(t, Event{Lesson: 1, Kind: Watched})
	// A write beyond the limit fails with EFBIG, as one to a full disk with ENOSPC.
	var old unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_FSIZE, &old); err != nil {
		t.Fatal(err)
	}
	if err := unix.Setrlimit(unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: 10, Max: old.Max}); err != nil {
		t.Fatal(err)
	}
	err := Record(Event{Lesson: 2, Kind: Watched})
	if err2 := unix.Setrlimit(unix.RLIMIT_FSIZE, &old); err2 != nil {
		t.Fatal(err2)
	}
	if !errors.Is(err, unix.EFBIG) {
		t.Errorf("%v", err)
	}
	if diff := cmp.Diff([]int{1}, saved(t).Numbers()); diff != "" {
		t.Error(diff)
	}
	if left, _ := filepath.Glob(filepath.Dir(file) + "/*"); len(left) > 2 {
		t.Errorf("left: %v", left)
	}
	if left, _ := filepath.Glob(filepath.Dir(file) + "/.*.json*"); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}

// TestJSON pins the file's form, which other programs may read.
func TestJSON(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 678, time.UTC)
	p := empty()
	p.add(Event{Lesson: 2, Kind: Passed}, at)
	p.add(Event{Lesson: 2, Kind: Answered, Question: 1, Right: true}, at)
	b, err := json.Marshal(p)
	want := `{"version":1,"lessons":{"2":{"passed":"2026-01-02T03:04:05Z","tries":1,"quiz":{"1":true}}}}`
	if err != nil || string(b) != want {
		t.Errorf("got  %s, %v\nwant %s", b, err, want)
	}
}

// TestUnreadable: what cannot be read at all keeps its name, for there may be nothing
// wrong with it.
func TestUnreadable(t *testing.T) {
	file := home(t)
	if err := os.MkdirAll(file, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := Record(Event{Lesson: 1, Kind: Watched}); !errors.Is(err, unix.EISDIR) || isAside(err) {
		t.Error(err)
	}
	if !stat(t, file).IsDir() {
		t.Error("it was put aside")
	}
}

// TestNull: a lesson that is null in the file is none.
func TestNull(t *testing.T) {
	file := home(t)
	record(t, Event{Lesson: 1, Kind: Watched})
	if err := os.WriteFile(file, []byte(`{"version": 1, "lessons": {"1": null, "2": {"tries": 3}}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]int{2}, saved(t).Numbers()); diff != "" {
		t.Error(diff)
	}
}

// TestSudoReads with the rights of who ran sudo: a link shows nobody a file of root's.
func TestSudoReads(t *testing.T) {
	testenv.Root(t)
	file := home(t)
	record(t, Event{Lesson: 1, Kind: Watched}) // as root, 0600
	state := os.Getenv("XDG_STATE_HOME")
	secret := filepath.Join(state, "secret")
	if err := errors.Join(os.Rename(file, secret), os.Symlink(secret, file)); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{filepath.Dir(state), state, filepath.Dir(file)} {
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if len(saved(t).Lessons) != 1 {
		t.Error("root cannot read it through the link")
	}
	t.Setenv("SUDO_UID", "4711")
	t.Setenv("SUDO_GID", "4712")
	if p, err := Read(); !errors.Is(err, unix.EACCES) || len(p.Lessons) != 0 {
		t.Errorf("%+v, %v", p, err)
	}
}

package exercise

import (
	"errors"
	"go/format"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"unicode"

	"github.com/how-to-be-a-container/workshop/internal/testenv"
	"github.com/how-to-be-a-container/workshop/lessons"
	"github.com/how-to-be-a-container/workshop/pkg/ui"
)

// folders lists the lessons that have an exercise.
func folders(t *testing.T) []string {
	t.Helper()
	tasks, err := fs.Glob(lessons.Files, "*/"+TaskFile)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, task := range tasks {
		list = append(list, path.Dir(task))
	}
	if len(list) < 8 {
		t.Fatalf("only %q have an exercise", list)
	}
	return list
}

// numberOf is the lesson's: a folder is called 03-pivot-root.
func numberOf(t *testing.T, folder string) int {
	t.Helper()
	number, _, _ := strings.Cut(folder, "-")
	n, err := strconv.Atoi(number)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// each runs a test for each lesson and language, with the two programs.
func each(t *testing.T, test func(t *testing.T, n int, l Language, starter, solution string)) {
	for _, folder := range folders(t) {
		for _, l := range Languages {
			t.Run(folder+"/"+l.Name, func(t *testing.T) {
				starter, err := l.Starter(lessons.Files, folder)
				if err != nil {
					t.Fatal(err)
				}
				solution, err := l.Solution(lessons.Files, folder)
				if err != nil {
					t.Fatal(err)
				}
				test(t, numberOf(t, folder), l, starter, solution)
			})
		}
	}
}

// task cuts the task out of a starter: the first block of comments, between two
// lines of dashes, and the empty line after it.
func task(t *testing.T, l Language, starter string) (task, rest string) {
	t.Helper()
	first := strings.Index(starter, l.Comment+" ----")
	task, after, ok := strings.Cut(starter[max(first, 0):], "-\n\n")
	if first < 0 || !ok {
		t.Fatal("no task between two lines of dashes, with an empty line after it")
	}
	task += "-\n"
	for line := range strings.Lines(task) {
		if line != l.Comment+"\n" && !strings.HasPrefix(line, l.Comment+" ") {
			t.Errorf("no comment: %s", line)
		}
	}
	return task, starter[:first] + after
}

// TestStarterIsTheSolutionBefore: who has done one lesson can go on with the next.
func TestStarterIsTheSolutionBefore(t *testing.T) {
	before := map[string]string{}
	each(t, func(t *testing.T, n int, l Language, starter, solution string) {
		_, rest := task(t, l, starter)
		if n > 1 && rest != before[l.Name] {
			t.Errorf("without its task the starter is not the solution of lesson %d", n-1)
		}
		if rest == solution {
			t.Error("the solution is the starter")
		}
		if l.Name == "go" {
			if formatted, err := format.Source([]byte(starter)); string(formatted) != starter {
				t.Errorf("not as gofmt has it: %v", err)
			}
		} else if !strings.HasPrefix(starter, "#!/") {
			t.Errorf("the kernel cannot start it: %.20q", starter)
		}
		before[l.Name] = solution
	})
}

// TestTaskInBothLanguages: a file has only one text.
func TestTaskInBothLanguages(t *testing.T) {
	each(t, func(t *testing.T, n int, l Language, starter, _ string) {
		text, _ := task(t, l, starter)
		english, japanese, ok := strings.Cut(text, l.Comment+"\n")
		if !ok || strings.ContainsFunc(english, isJapanese) || !strings.ContainsFunc(japanese, isJapanese) {
			t.Errorf("not English, an empty line, and Japanese:\n%s", text)
		}
		for _, want := range []string{"With:      ", "Judged by: " + l.Check(strconv.Itoa(n)) + "\n"} {
			if !strings.Contains(english, l.Comment+" "+want) {
				t.Errorf("no %q in\n%s", want, english)
			}
		}
		for line := range strings.Lines(japanese) {
			line = strings.Trim(line, l.Comment+" \n")
			if strings.IndexAny(line, "、。」)") == 0 || strings.HasSuffix(line, "「") || strings.HasSuffix(line, "(") {
				t.Errorf("no line begins or ends so: %s", line)
			}
		}
	})
}

func isJapanese(r rune) bool { return unicode.In(r, unicode.Hiragana, unicode.Katakana, unicode.Han) }

// TestFitsAProjector of 80 columns, where a tab ends at every eighth.
func TestFitsAProjector(t *testing.T) {
	each(t, func(t *testing.T, _ int, _ Language, starter, solution string) {
		for line := range strings.Lines(starter + solution) {
			code := strings.TrimLeft(line, "\t")
			line = strings.Repeat("        ", len(line)-len(code)) + strings.TrimRight(code, "\n")
			if !ui.Fits(line, 80) {
				t.Errorf("wider than 80 columns: %s", line)
			}
		}
	})
}

func TestWrite(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	write := func(folder string, languages []Language, force bool) []string {
		t.Helper()
		names, err := Write(dir, lessons.Files, folder, languages, force)
		if err != nil {
			t.Fatal(err)
		}
		return names
	}
	if names := write("02-chroot", Languages, false); len(names) != 4 {
		t.Errorf("wrote %q", names)
	}
	for _, l := range Languages {
		info, err := os.Stat(filepath.Join(dir, l.File))
		if err != nil || info.Mode() != l.Mode {
			t.Errorf("%s: %v, %v", l.File, info, err)
		}
	}

	script := filepath.Join(dir, "box.sh")
	if err := os.WriteFile(script, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	var exists *Exists
	if err := os.Remove(filepath.Join(dir, "box.pl")); err != nil {
		t.Fatal(err)
	}
	// Perl's is not there, and yet nothing is written, for the shell's is.
	if _, err := Write(dir, lessons.Files, "03-pivot-root", Languages[:2], false); !errors.As(err, &exists) || exists.File != script {
		t.Errorf("error %v", err)
	}
	if text, _ := os.ReadFile(script); string(text) != "mine" {
		t.Errorf("box.sh was written over: %q", text)
	}
	if _, err := os.Stat(filepath.Join(dir, "box.pl")); err == nil {
		t.Error("something was written")
	}
	write("03-pivot-root", Languages[:1], true)
	if text, _ := os.ReadFile(script); !strings.Contains(string(text), "Exercise 3") {
		t.Error("not written over with force")
	}
}

// TestWriteAllOrNothing: where the disk is full nothing stays that was not there. It
// is in a process of its own, for the test's log is a file too.
func TestWriteAllOrNothing(t *testing.T) {
	if os.Getenv("FULL_DISK") == "" {
		cmd := exec.Command(os.Args[0], "-test.run", "^TestWriteAllOrNothing$", "-test.v")
		cmd.Env = append(os.Environ(), "FULL_DISK=1")
		if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "PASS: TestWriteAllOrNothing") {
			t.Errorf("%v\n%s", err, out)
		}
		return
	}
	signal.Ignore(syscall.SIGXFSZ)
	t.Cleanup(func() { signal.Reset(syscall.SIGXFSZ) })
	full := func(t *testing.T, dir string, force bool) {
		t.Helper()
		var before syscall.Rlimit
		if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &before); err != nil {
			t.Fatal(err)
		}
		// The shell's is the shortest.
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: 2500, Max: before.Max}); err != nil {
			t.Fatal(err)
		}
		_, err := Write(dir, lessons.Files, "04-namespaces", Languages, force)
		if e := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &before); e != nil || !errors.Is(err, syscall.EFBIG) {
			t.Fatal(err, e)
		}
	}
	top := t.TempDir()
	dir := filepath.Join(top, "a", "b")
	full(t, dir, false)
	if entries, _ := os.ReadDir(top); len(entries) > 0 {
		t.Errorf("left %v", entries)
	}
	if _, err := Write(dir, lessons.Files, "01-fork-exec", Languages, false); err != nil {
		t.Fatal(err)
	}
	full(t, dir, true)
	for _, l := range Languages {
		if text, _ := os.ReadFile(filepath.Join(dir, l.File)); len(text) == 0 {
			t.Errorf("%s is lost", l.File)
		}
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 4 {
		t.Errorf("left %v", entries)
	}
}

// TestWriteFollowsNoLink: what a link leads to may be anything.
func TestWriteFollowsNoLink(t *testing.T) {
	dir := t.TempDir()
	elsewhere := filepath.Join(dir, "precious")
	if err := os.WriteFile(elsewhere, []byte("kept"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(elsewhere, filepath.Join(dir, "box.sh")); err != nil {
		t.Fatal(err)
	}
	if _, err := Write(dir, lessons.Files, "01-fork-exec", Languages[:1], true); err != nil {
		t.Fatal(err)
	}
	if text, _ := os.ReadFile(elsewhere); string(text) != "kept" {
		t.Errorf("it has now %q", text)
	}
}

// TestWriteGivesBack: root under sudo writes for who ran sudo.
func TestWriteGivesBack(t *testing.T) {
	testenv.Root(t)
	t.Setenv("SUDO_UID", "65534")
	t.Setenv("SUDO_GID", "65534")
	home := t.TempDir()
	if err := errors.Join(os.Chmod(filepath.Dir(home), 0o755), os.Chown(home, 65534, 65534)); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(home, "a", "b")
	if _, err := Write(dir, lessons.Files, "01-fork-exec", Languages, false); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"", "..", "box.sh", "box.go", "go.mod"} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if s := info.Sys().(*syscall.Stat_t); s.Uid != 65534 || s.Gid != 65534 {
			t.Errorf("%q belongs to %d:%d", name, s.Uid, s.Gid)
		}
	}
}

// TestWriteIsNotRoots: what who ran sudo cannot write stays as it is, though a link in
// their own directory leads to it.
func TestWriteIsNotRoots(t *testing.T) {
	testenv.Root(t)
	t.Setenv("SUDO_UID", "65534")
	t.Setenv("SUDO_GID", "65534")
	home, roots := t.TempDir(), t.TempDir()
	if err := errors.Join(os.Chmod(filepath.Dir(home), 0o755), os.Chown(home, 65534, 65534),
		os.Symlink(roots, filepath.Join(home, "lesson-1"))); err != nil {
		t.Fatal(err)
	}
	_, err := Write(filepath.Join(home, "lesson-1"), lessons.Files, "01-fork-exec", Languages, false)
	if !errors.Is(err, fs.ErrPermission) || !strings.Contains(err.Error(), "user 65534, who ran sudo") {
		t.Error(err)
	}
	if entries, err := os.ReadDir(roots); err != nil || len(entries) > 0 {
		t.Errorf("root wrote %v, %v", entries, err)
	}
}

func TestUnknown(t *testing.T) {
	if _, err := Lookup("pearl"); err == nil || !strings.Contains(err.Error(), "perl") {
		t.Errorf("error %v", err)
	}
	if _, err := Languages[0].Starter(lessons.Files, "99-none"); !errors.Is(err, ErrNone) {
		t.Errorf("error %v", err)
	}
}

// TestWriteBelowAFile: what could not be made is not taken back.
func TestWriteBelowAFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Write(filepath.Join(file, "x"), lessons.Files, "01-fork-exec", Languages, false)
	if !errors.Is(err, syscall.ENOTDIR) || strings.Contains(err.Error(), "remove") {
		t.Error(err)
	}
}

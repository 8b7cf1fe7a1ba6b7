package exercise

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"unicode"

	"github.com/how-to-be-a-container/workshop/internal/testenv"
	"github.com/how-to-be-a-container/workshop/lessons"
	"github.com/how-to-be-a-container/workshop/pkg/lesson"
	"github.com/how-to-be-a-container/workshop/pkg/ui"
)

// folders lists the lessons that have an exercise.
func folders(t *testing.T) []string {
	t.Helper()
	all, err := lesson.Folders(lessons.Files)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, folder := range all {
		if _, err := Languages[0].Starter(lessons.Files, folder); !errors.Is(err, ErrNone) {
			list = append(list, folder)
		}
	}
	if len(list) < 8 {
		t.Fatalf("only %q have an exercise", list)
	}
	return list
}

// each runs a test for each lesson and language, with the two programs.
func each(t *testing.T, test func(t *testing.T, n int, l Language, starter, solution string)) {
	for i, folder := range folders(t) {
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
				test(t, i+1, l, starter, solution)
			})
		}
	}
}

// task cuts the task out of a starter: the first block of comments, between two
// lines of dashes, and the empty line after it.
func task(t *testing.T, starter string) (task, rest string) {
	t.Helper()
	lines := strings.SplitAfter(starter, "\n")
	first, last := -1, -1
	for i, line := range lines {
		if strings.HasSuffix(line, "----\n") {
			if first < 0 {
				first = i
				continue
			}
			last = i
			break
		}
	}
	if last < 0 || lines[last+1] != "\n" {
		t.Fatal("no task between two lines of dashes, with an empty line after it")
	}
	return strings.Join(lines[first:last+1], ""), strings.Join(append(lines[:first:first], lines[last+2:]...), "")
}

// TestStarterIsTheSolutionBefore: who has done one lesson can go on with the next.
func TestStarterIsTheSolutionBefore(t *testing.T) {
	before := map[string]string{}
	each(t, func(t *testing.T, n int, l Language, starter, solution string) {
		_, rest := task(t, starter)
		if n > 1 && rest != before[l.Name] {
			t.Errorf("without its task the starter is not the solution of lesson %d", n-1)
		}
		if rest == solution {
			t.Error("the solution is the starter")
		}
		before[l.Name] = solution
	})
}

// TestTaskInBothLanguages: a file has only one text.
func TestTaskInBothLanguages(t *testing.T) {
	each(t, func(t *testing.T, _ int, l Language, starter, _ string) {
		text, _ := task(t, starter)
		english, japanese, ok := strings.Cut(text, strings.TrimSpace(text[:2])+"\n")
		if !ok || strings.ContainsFunc(english, isJapanese) || !strings.ContainsFunc(japanese, isJapanese) {
			t.Errorf("not English, an empty line, and Japanese:\n%s", text)
		}
		if !strings.Contains(english, "sudo workshop check ") || !strings.Contains(english, l.Run) {
			t.Error("it does not say how it is judged")
		}
	})
}

func isJapanese(r rune) bool { return unicode.In(r, unicode.Hiragana, unicode.Katakana, unicode.Han) }

// TestFitsAProjector of 80 columns, where a tab is four.
func TestFitsAProjector(t *testing.T) {
	each(t, func(t *testing.T, _ int, _ Language, starter, solution string) {
		for line := range strings.Lines(starter + solution) {
			line = strings.ReplaceAll(strings.TrimRight(line, "\n"), "\t", "    ")
			if ui.Pad(line, 81) == line {
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
	dir := filepath.Join(t.TempDir(), "a", "b")
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

func TestUnknown(t *testing.T) {
	if _, err := Lookup("pearl"); err == nil || !strings.Contains(err.Error(), "perl") {
		t.Errorf("error %v", err)
	}
	if _, err := Languages[0].Solution(lessons.Files, "99-none"); !errors.Is(err, ErrNone) {
		t.Errorf("error %v", err)
	}
}

package main

import (
	"bytes"
	"debug/elf"
	"errors"
	"io/fs"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/how-to-be-a-container/workshop/internal/testenv"
	"github.com/how-to-be-a-container/workshop/lessons"
	"github.com/how-to-be-a-container/workshop/pkg/lang"
	"github.com/how-to-be-a-container/workshop/pkg/lesson"
	"github.com/how-to-be-a-container/workshop/pkg/rootfs"
	"github.com/how-to-be-a-container/workshop/pkg/steps"
	"github.com/how-to-be-a-container/workshop/pkg/ui"
)

// needTour sees to what every lesson needs.
func needTour(t *testing.T) {
	t.Helper()
	testenv.Root(t)
	self, err := elf.Open("/proc/self/exe")
	if err != nil {
		t.Fatal(err)
	}
	defer self.Close()
	if libraries, _ := self.ImportedLibraries(); len(libraries) > 0 {
		t.Fatal("the test binary needs libraries that no root filesystem has: run the tests with CGO_ENABLED=0")
	}
	if _, err := rootfs.Find("busybox"); err == nil {
		return
	}
	t.Setenv("WORKSHOP_ROOTFS", t.TempDir())
	if _, err := rootfs.Build(t.Context(), "busybox", t.Output()); err != nil {
		t.Fatal(err)
	}
}

func readText(t *testing.T, fsys fs.FS, folder, language string) *lesson.Lesson {
	t.Helper()
	l, err := lesson.Read(fsys, folder, language)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// everyText calls f for every lesson in every language.
func everyText(t *testing.T, f func(folder, language string)) {
	t.Helper()
	needTour(t)
	folders, err := lesson.Folders(lessons.Files)
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range folders {
		for _, language := range lesson.Languages(lessons.Files, folder) {
			f(folder, language)
		}
	}
}

// TestLessons plays every lesson in every language: each transcript must be what
// comes out. The guests are emulated and slow: of the Japanese they play what needs a
// guest, and share the English ones.
func TestLessons(t *testing.T) {
	everyText(t, func(folder, language string) {
		report := played(t, folder, language)
		if len(report) == 0 && !testenv.InGuest() {
			t.Errorf("%s: nothing was played", folder)
		}
		for _, f := range report {
			t.Run(f.Where(), func(t *testing.T) { judge(t, &f) })
		}
	})
}

// reports has what was played, by its file: it takes a minute.
var reports = map[string]lesson.Report{}

// played plays a lesson once, as without a terminal.
func played(t *testing.T, folder, language string) lesson.Report {
	t.Helper()
	file := lesson.FileOf(folder, language)
	if report, done := reports[file]; done {
		return report
	}
	l := readText(t, lessons.Files, folder, language)
	for i := range l.Sections {
		l.Sections[i].Blocks = slices.DeleteFunc(l.Sections[i].Blocks, func(b lesson.Block) bool {
			return b.Transcript != nil && leftOut(t, l, b.Transcript)
		})
	}
	var out bytes.Buffer
	player := &lesson.Player{UI: ui.New(&out), Out: &out}
	report, err := player.Play(t.Context(), []*lesson.Lesson{l})
	if err != nil {
		t.Fatal(err)
	}
	reports[file] = report
	return report
}

// leftOut tells whether this guest leaves a transcript to others, and says so as a test
// that was skipped. That of amd64 plays what needs a guest, and lesson 5, whose cgroups
// are of version 2; that of arm64 the English ones, whose system calls have other
// numbers. The many attacks of lesson 9 are made in pkg/matrix.
func leftOut(t *testing.T, l *lesson.Lesson, transcript *lesson.Transcript) bool {
	t.Helper()
	var guests []string
	needed, english := forGuest(transcript), l.Lang == lang.English
	if needed || english && l.Number == steps.Cgroup.Lesson {
		guests = append(guests, "amd64")
	}
	if english && (needed || l.Number != swissCheese.Lesson) {
		guests = append(guests, "arm64")
	}
	left := testenv.InGuest() && !slices.Contains(guests, runtime.GOARCH)
	if left {
		f := lesson.Finding{Lesson: l, Transcript: transcript}
		t.Run(f.Where(), func(t *testing.T) { testenv.NotEmulated(t, guests...) })
	}
	return left
}

// forGuest tells whether a transcript needs what only the guests are sure to have.
func forGuest(t *lesson.Transcript) bool {
	return slices.ContainsFunc(t.Needs, func(n *lesson.Need) bool {
		return n.Name == "apparmor" || n.Name == "cgroup2"
	})
}

func judge(t *testing.T, f *lesson.Finding) {
	for _, n := range f.Transcript.Needs {
		switch n.Name {
		case "apparmor":
			testenv.AppArmor(t)
		case "cgroup2":
			testenv.CgroupV2(t)
		case "rootfs:debian":
			testenv.Needs(t, testenv.NeedsDebian, n.Missing() == nil, errors.Unwrap(n.Missing()))
		default:
			testenv.Needs(t, n.Name, n.Missing() == nil, errors.Unwrap(n.Missing()))
		}
	}
	if !f.Verdict.Held {
		f.Show(ui.New(t.Output()))
		t.Fail()
	}
}

// TestLessonsCanFail is the control: in a copy in which one line of each
// transcript is another one, no transcript holds by what came out.
func TestLessonsCanFail(t *testing.T) {
	everyText(t, func(folder, language string) {
		file := lesson.FileOf(folder, language)
		t.Run(file, func(t *testing.T) {
			source, err := fs.ReadFile(lessons.Files, file)
			if err != nil {
				t.Fatal(err)
			}
			broken := fstest.MapFS{file: {Data: []byte(falsified(string(source)))}}
			honest := transcripts(readText(t, lessons.Files, folder, language))
			wrong := transcripts(readText(t, broken, folder, language))
			for _, f := range played(t, folder, language) {
				i := slices.IndexFunc(honest, func(t *lesson.Transcript) bool { return t.Line == f.Transcript.Line })
				if f.Verdict.Against(wrong[i]).Held {
					t.Errorf("%s holds all the same", f.Where())
				}
			}
		})
	})
}

// transcripts lists those of a lesson, in their order.
func transcripts(l *lesson.Lesson) (list []*lesson.Transcript) {
	for _, s := range l.Sections {
		for _, b := range s.Blocks {
			if b.Transcript != nil {
				list = append(list, b.Transcript)
			}
		}
	}
	return list
}

// falsified changes the last line of each transcript that must be seen; where
// there is none, it adds one.
func falsified(source string) string {
	var lines []string
	console := false
	for _, line := range strings.Split(source, "\n") {
		switch last := len(lines) - 1; {
		case strings.HasPrefix(line, "```console"):
			console = true
		case !console || !strings.HasPrefix(line, "```"):
		case strings.HasPrefix(lines[last], "$ ") || lines[last] == "...":
			lines, console = append(lines, "what nothing writes"), false
		default:
			lines[last] += " falsified"
			console = false
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

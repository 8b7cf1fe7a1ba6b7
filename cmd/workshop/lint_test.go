package main

import (
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/how-to-be-a-container/workshop/internal/testenv"
	"github.com/how-to-be-a-container/workshop/lessons"
	"github.com/how-to-be-a-container/workshop/pkg/lang"
)

func TestKnownCommand(t *testing.T) {
	t.Cleanup(func() { _ = lang.Set(lang.English) }) // one of them has --lang
	for _, c := range []struct {
		words string
		known bool
	}{
		{"3", true},
		{"N --demo", true},
		{"03-pivot-root -q -- ls --no-such", true},
		{"17", false},
		{"chrot", false},
		{"2 --no-such chroot", false},
		{"2 --only chroot", true},
		{"check N -- ./box.sh", true},
		{"check N --wacht", false},
		{"check 17", false},
		{"hint pivot-root --all", true},
		{"hint pivotroot", false},
		{"3 --only pivotroot", false},
		{"3 --without chroot,STEP", true},
		{"3 --without chroot,cgrup", false},
		{"code 3", true},
		{"code N", true},
		{"code 33", false},
		{"code pivotroot", false},
		{"attack", true},
		{"attack NAME", true},
		{"attack chroot-escape -- ls /", true},
		{"attack chroot-escpe", false},
		{"attack fork-bomb", true},
		{"demo bounding-set", true},
		{"demo bounding", false},
		{"rootfs build", true},
		{"rootfs bulid", false},
		{"--help", true},
		{"quiz --help", true},
		{"completion zsh", true},
		{"list --lang ja", true},
		{"list --lang de", false},
		{"tour --from 3 --notes", true},
		{"tour --from", false},
	} {
		if err := knownCommand(strings.Fields(c.words)); (err == nil) != c.known {
			t.Errorf("workshop %s: %v", c.words, err)
		}
	}
}

// TestLintLessons proves the lessons of this program.
func TestLintLessons(t *testing.T) {
	testenv.NotEmulated(t)
	list, err := lint(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range list {
		t.Error(c)
	}
}

// TestLintOne: a directory may have one lesson alone, and this program has all.
func TestLintOne(t *testing.T) {
	dir := t.TempDir()
	one, err := fs.Sub(lessons.Files, "03-pivot-root")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(dir+"/03-pivot-root", one); err != nil {
		t.Fatal(err)
	}
	if list, err := lint([]string{dir}); err != nil || len(list) > 0 {
		t.Errorf("of one lesson alone: %v, %v", list, err)
	}
	if list := withoutFolder(fstest.MapFS{}); len(list) != len(lessonSteps()) {
		t.Errorf("without a folder: %v", list)
	}
}

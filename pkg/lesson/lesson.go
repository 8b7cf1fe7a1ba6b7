package lesson

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/how-to-be-a-container/workshop/pkg/nearest"
	"github.com/how-to-be-a-container/workshop/pkg/ui"
)

// Lesson is one lesson.md, read.
type Lesson struct {
	Folder   string // "02-chroot"
	Number   int    // 2
	Name     string // "chroot"
	Title    string
	Summary  []ui.Span
	Minutes  int // on a stage
	Sections []Section
}

// Section is what stands under one heading of level 2.
type Section struct {
	Kind    Kind
	Heading string
	Blocks  []Block
}

// Block is one piece of a section: a transcript, a figure, or else prose.
type Block struct {
	Transcript *Transcript
	Figure     []string // lines that are shown as they are

	Text    []ui.Span
	Heading bool   // of level 3
	Quote   bool   // set off from the text
	Bullet  string // "•" or "1.": the first paragraph of an item of a list
	Depth   int    // how many lists it stands in
	Tight   bool   // no empty line before it
}

// Transcript is a block that is run.
type Transcript struct {
	Line        int // in the file
	Commands    []Command
	Exit        int // of the last command
	Needs       []*Need
	Timeout     time.Duration
	Interactive bool // on a terminal the commands can read the keyboard
}

// Command is one line after a prompt, and what must be seen of it.
type Command struct {
	Text string // as typed, with its continuation lines
	Want []string
}

// Folders lists the folders of lessons in fsys, in their order.
func Folders(fsys fs.FS) ([]string, error) {
	files, err := fs.Glob(fsys, "[0-9][0-9]-*/lesson.md")
	var list []string
	for _, f := range files {
		list = append(list, path.Dir(f))
	}
	return list, err
}

// Find gives the folder of a lesson by its number ("2" or "02"), its name
// ("chroot") or its folder ("02-chroot"). The error names the nearest one.
func Find(fsys fs.FS, name string) (string, error) {
	folders, err := Folders(fsys)
	if err != nil {
		return "", err
	}
	names := folders
	for _, f := range folders {
		number, short, _ := strings.Cut(f, "-")
		names = append(names, short)
		if name == f || name == short || name == number || name == strings.TrimPrefix(number, "0") {
			return f, nil
		}
	}
	return "", fmt.Errorf("no lesson %q%s; the lessons are %s",
		name, nearest.Hint(name, names), strings.Join(folders, ", "))
}

// Read reads the lesson of a folder. An error names the file and the line.
func Read(fsys fs.FS, folder string) (*Lesson, error) {
	file := path.Join(folder, "lesson.md")
	source, err := fs.ReadFile(fsys, file)
	if err != nil {
		return nil, err
	}
	number, name, _ := strings.Cut(folder, "-")
	l := &Lesson{Folder: folder, Name: name}
	if l.Number, err = strconv.Atoi(number); err != nil {
		return nil, fmt.Errorf("%s: a lesson's folder begins with its number: %w", folder, err)
	}
	if err := l.parse(source); err != nil {
		return nil, located(file, source, err)
	}
	return l, nil
}

// mistake is an error at a place in the source.
type mistake struct {
	offset int
	err    error
}

func (m *mistake) Error() string { return m.err.Error() }
func (m *mistake) Unwrap() error { return m.err }

// located adds the file and the line.
func located(file string, source []byte, err error) error {
	var m *mistake
	if !errors.As(err, &m) {
		return fmt.Errorf("%s: %w", file, err)
	}
	return fmt.Errorf("%s:%d: %w", file, lineAt(source, m.offset), err)
}

package lesson

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/how-to-be-a-container/workshop/pkg/lang"
	"github.com/how-to-be-a-container/workshop/pkg/nearest"
	"github.com/how-to-be-a-container/workshop/pkg/ui"
)

// Lesson is one lesson.md or lesson.ja.md, read.
type Lesson struct {
	Folder   string // "02-chroot"
	File     string // "02-chroot/lesson.md"
	Lang     string // of the text: [lang.English] or [lang.Japanese]
	Number   int    // 2
	Name     string // "chroot"
	Title    string
	Summary  []ui.Span
	Minutes  int // on a stage
	Sections []Section
	Hints    []Hint // of the section Hints, from the first to nearly the answer
	Quiz     []Question

	dir   string // in which the file is: "lessons"
	links []link
}

// Section is what stands under one heading of level 2.
type Section struct {
	Kind    Kind
	Heading string
	Line    int // in the file
	Blocks  []Block
}

// Block is one piece of a section: a transcript, a figure, or else prose.
type Block struct {
	Line       int  // in the file
	Note       bool // the speaker's, and not shown to others
	Transcript *Transcript
	Figure     []string // lines that are shown as they are
	Code       string   // the word of a figure that is code: "sh", "go"

	Text    []ui.Span
	Heading bool   // of level 3
	Quote   bool   // set off from the text
	Bullet  string // "•" or "1.": the first paragraph of an item of a list; after it, as many spaces
	Depth   int    // how many lists it stands in
	Tight   bool   // no empty line before it
}

// link is where a link leads that is no address.
type link struct {
	line int
	to   string
}

// Transcript is a block that is run.
type Transcript struct {
	Line        int // in the file
	Attributes  string
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

// FileOf is the name of the file of a lesson in a language.
func FileOf(folder, language string) string {
	if language == lang.Japanese {
		return path.Join(folder, "lesson.ja.md")
	}
	return path.Join(folder, "lesson.md")
}

// Languages lists the languages in which there is the lesson of a folder.
func Languages(fsys fs.FS, folder string) []string {
	var list []string
	for _, language := range []string{lang.English, lang.Japanese} {
		if _, err := fs.Stat(fsys, FileOf(folder, language)); err == nil {
			list = append(list, language)
		}
	}
	return list
}

// Read reads the lesson of a folder in a language, or in English where there is
// none in that one. An error names the file and the line.
func Read(fsys fs.FS, folder, language string) (*Lesson, error) {
	if !slices.Contains(Languages(fsys, folder), language) {
		language = lang.English
	}
	file := FileOf(folder, language)
	source, err := fs.ReadFile(fsys, file)
	if err != nil {
		return nil, err
	}
	number, name, _ := strings.Cut(folder, "-")
	l := &Lesson{Folder: folder, File: file, Lang: language, Name: name, dir: "lessons"}
	if l.Number, err = strconv.Atoi(number); err != nil {
		return nil, fmt.Errorf("%s: a lesson's folder begins with its number: %w", folder, err)
	}
	if err := l.parse(source); err != nil {
		return nil, located(file, err)
	}
	return l, nil
}

// mistake is an error at a line of the source.
type mistake struct {
	line int
	err  error
}

func (m *mistake) Error() string { return m.err.Error() }
func (m *mistake) Unwrap() error { return m.err }

// located adds the file and the line.
func located(file string, err error) error {
	var m *mistake
	if !errors.As(err, &m) {
		return fmt.Errorf("%s: %w", file, err)
	}
	return fmt.Errorf("%s:%d: %w", file, m.line, err)
}

package lesson

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"unicode"

	"github.com/how-to-be-a-container/workshop/pkg/exercise"
	"github.com/how-to-be-a-container/workshop/pkg/lang"
	"github.com/how-to-be-a-container/workshop/pkg/ui"
)

// widest is how many columns a drawing may have: with its indent it fits on a
// terminal of 80.
const widest = 76

// The heading under which an exercise has what is not judged.
const (
	more         = "More to find out"
	moreJapanese = "さらに調べる"
)

// Complaint is one thing that is wrong with a lesson.
type Complaint struct {
	File string `json:"file"` // below the lessons
	Line int    `json:"line"`
	Text string `json:"text"`
}

func (c Complaint) String() string { return fmt.Sprintf("%s:%d: %s", c.File, c.Line, c.Text) }

// linter collects what is wrong.
type linter struct {
	fsys  fs.FS
	known func(words []string) error
	list  []Complaint
}

// Lint tells what is wrong with the lessons in fsys beyond what [Read] finds;
// the comment of this package says what it looks at. known tells whether there
// is such a command: its words after "workshop".
func Lint(fsys fs.FS, known func(words []string) error) ([]Complaint, error) {
	folders, err := Folders(fsys)
	if err != nil {
		return nil, err
	}
	if len(folders) == 0 {
		return nil, errors.New("there is no lesson: each is NN-name/lesson.md")
	}
	l := &linter{fsys: fsys, known: known}
	l.strays(folders)
	for _, folder := range folders {
		l.files(folder)
		english := l.text(folder, lang.English)
		japanese := l.text(folder, lang.Japanese)
		if english != nil && japanese != nil {
			l.compare(english, japanese)
		}
	}
	return l.list, nil
}

func (l *linter) add(file string, line int, format string, args ...any) {
	l.list = append(l.list, Complaint{file, line, fmt.Sprintf(format, args...)})
}

// text looks at a lesson in one language. It is nil where it cannot be read.
func (l *linter) text(folder, language string) *Lesson {
	file := FileOf(folder, language)
	if !slices.Contains(Languages(l.fsys, folder), language) {
		l.add(file, 1, "there is no such file")
		return nil
	}
	if !l.legible(file) {
		return nil
	}
	read, err := Read(l.fsys, folder, language)
	if err != nil {
		var m *mistake
		if errors.As(err, &m) {
			l.add(file, m.line, "%v", m.err)
		} else {
			l.add(file, 1, "%v", err)
		}
		return nil
	}
	l.exercise(read)
	l.words(read)
	for _, s := range read.Sections {
		l.notes(read, &s)
		for _, b := range s.Blocks {
			l.block(read, &b)
		}
	}
	return read
}

// notes sees to it that the speaker has something to say where something happens.
func (l *linter) notes(read *Lesson, s *Section) {
	if s.Kind != Watch && s.Kind != Attack && s.Kind != Defend {
		return
	}
	if !slices.ContainsFunc(s.Blocks, func(b Block) bool { return b.Note }) {
		l.add(read.File, s.Line, "the section %q has no speaker's note", s.Heading)
	}
}

// exercise sees to it that there is what the section Check names.
func (l *linter) exercise(read *Lesson) {
	if s := read.Section(Exercise); !slices.ContainsFunc(s.Blocks, func(b Block) bool {
		text := plain(b.Text)
		return b.Heading && (text == more || text == moreJapanese)
	}) {
		heading := more
		if read.Lang == lang.Japanese {
			heading = moreJapanese
		}
		l.add(read.File, s.Line, "the exercise has no heading %q", heading)
	}
	check := read.Section(Check)
	commands := commandsOf(check.Blocks)
	if len(commands) == 0 {
		l.add(read.File, check.Line, "the section %q names no command in a block of sh", check.Heading)
	}
	judged := slices.ContainsFunc(commands, func(c mention) bool { return c.words[0] == "check" })
	for _, c := range commands {
		if c.words[0] != "start" && c.words[0] != "check" {
			continue
		}
		if len(c.words) < 2 || c.words[1] != fmt.Sprint(read.Number) {
			l.add(read.File, c.line, "this is lesson %d, and not that of: workshop %s", read.Number, strings.Join(c.words, " "))
		}
	}
	if judged && read.Lang == lang.English {
		l.programs(read)
	}
}

// programs looks for the task, what the learner begins with, and the solutions.
func (l *linter) programs(read *Lesson) {
	for _, language := range exercise.Languages {
		_, starter := language.Starter(l.fsys, read.Folder)
		if !l.begins(read) {
			starter = nil
		}
		_, solution := language.Solution(l.fsys, read.Folder)
		for _, err := range []error{starter, solution} {
			var fault *fs.PathError
			if !errors.As(err, &fault) {
				continue
			}
			// A fault of the task is one of each language.
			if c := (Complaint{fault.Path, 1, fault.Err.Error()}); !slices.Contains(l.list, c) {
				l.list = append(l.list, c)
			}
		}
	}
}

// begins tells whether what the learner begins with must be here: it may be the
// solution of the lesson before, which another directory has.
func (l *linter) begins(read *Lesson) bool {
	before := fmt.Sprintf("%02d-", read.Number-1)
	folders, _ := Folders(l.fsys) // Lint has found some
	return read.Number == 1 || slices.ContainsFunc(folders, func(f string) bool { return strings.HasPrefix(f, before) })
}

func (l *linter) block(read *Lesson, b *Block) {
	_, indent := indents(b)
	most := widest - len(indent)
	for i, line := range b.Figure {
		if strings.Contains(line, "\t") {
			l.add(read.File, b.Line+1+i, "a tab, which is as wide as each terminal likes: write spaces")
		}
		if w := ui.Width(line); w > most {
			l.add(read.File, b.Line+1+i, "%d columns, and the most are %d: %s", w, most, line)
		}
	}
	if b.Transcript != nil {
		l.commands(read, b)
	}
	if b.Transcript != nil && b.Transcript.trivial() {
		l.add(read.File, b.Line, "whatever comes out would be right: expect a line that says what the text says")
	}
}

// commands looks for one that a terminal would break in the middle of a word.
func (l *linter) commands(read *Lesson, b *Block) {
	for _, c := range b.Transcript.Commands {
		for line := range strings.SplitSeq(c.Text, "\n") {
			if w := ui.Width(prompt + line); w > Columns {
				l.add(read.File, b.Line, "a command of %d columns, and the most are %d: %s", w, Columns, line)
			}
		}
	}
}

// trivial tells whether the transcript claims nothing but that its commands
// succeed, although they say something: what must be seen is only "...". Where no
// command says anything, it is there for the ones after it.
func (t *Transcript) trivial() bool {
	said := false
	for _, c := range t.Commands {
		for _, line := range c.Want {
			if strings.ContainsFunc(strings.ReplaceAll(line, anything, ""), isWord) {
				return false
			}
			said = true
		}
	}
	return said && t.Exit == 0
}

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

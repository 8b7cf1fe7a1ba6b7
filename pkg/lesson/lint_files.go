package lesson

import (
	"bytes"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/how-to-be-a-container/workshop/pkg/exercise"
	"github.com/how-to-be-a-container/workshop/pkg/lang"
)

// strays finds the folders that are beside the lessons and are none, and two
// lessons of one number.
func (l *linter) strays(lessons []string) {
	entries, _ := fs.ReadDir(l.fsys, ".")
	seen := map[string]string{}
	for _, e := range entries {
		name := e.Name()
		number, _, _ := strings.Cut(name, "-")
		switch {
		case !e.IsDir() || strings.HasPrefix(name, "."):
		case !slices.Contains(lessons, name):
			l.add(name, 1, "nothing reads this folder: a lesson is NN-name/lesson.md")
		case seen[number] != "":
			l.add(name, 1, "lesson %s is %s already", number, seen[number])
		default:
			seen[number] = name
		}
	}
}

// files looks at what lies beside the texts of a lesson.
func (l *linter) files(folder string) {
	texts := []string{FileOf(folder, lang.English), FileOf(folder, lang.Japanese)}
	others := []string{path.Join(folder, exercise.TaskFile)}
	for _, language := range exercise.Languages {
		for _, kind := range []string{"starter", "solution"} {
			others = append(others, path.Join(folder, kind, language.File))
		}
	}
	err := fs.WalkDir(l.fsys, folder, func(file string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case e.IsDir() || slices.Contains(texts, file):
		case slices.Contains(others, file):
			l.legible(file)
		default:
			l.add(file, 1, "nothing reads this file")
		}
		return nil
	})
	if err != nil {
		l.add(folder, 1, "%v", err)
	}
}

// legible sees to it that a file has nothing but text and line feeds.
func (l *linter) legible(file string) bool {
	source, _ := fs.ReadFile(l.fsys, file) // who reads it tells of an error
	for i, line := range bytes.Split(source, []byte("\n")) {
		if what := illegible(string(line)); what != "" {
			l.add(file, i+1, "%s", what)
			return false
		}
	}
	return true
}

// illegible names what in a line nobody sees, and a reader or a shell stumbles over.
func illegible(line string) string {
	hidden := func(r rune) bool { return r != '\t' && unicode.In(r, unicode.Cc, unicode.Cf) }
	at := strings.IndexFunc(line, hidden)
	switch {
	case !utf8.ValidString(line):
		return "this is not UTF-8"
	case strings.HasSuffix(line, "\r"):
		return "the line ends with a carriage return: save the file with line ends of Unix"
	case strings.HasPrefix(line, "\ufeff"):
		return "the line begins with a byte order mark: save the file as UTF-8 without one"
	case at >= 0:
		r, _ := utf8.DecodeRuneInString(line[at:])
		return fmt.Sprintf("here is the character %U, which nobody sees", r)
	}
	return ""
}

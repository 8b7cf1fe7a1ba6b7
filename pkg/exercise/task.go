package exercise

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/how-to-be-a-container/workshop/pkg/lang"
	"github.com/how-to-be-a-container/workshop/pkg/nearest"
	"github.com/how-to-be-a-container/workshop/pkg/ui"
)

// TaskFile is the file of a lesson that says what to do. Each of its lines is a
// word and a text: what to do in English and in Japanese, and what helps in each
// programming language.
//
//	en: The host is still there, one chroot away. ...
//	ja: もう一度chrootすれば、まだホストに手が届きます。...
//	sh: unshare --mount, pivot_root
//	perl: syscall, with unshare 272 ...
//	go: Cloneflags; ...
const TaskFile = "task.txt"

// columns is how wide a task is set.
const columns = 78

// readTask reads what to do in the lesson of a folder: the texts by their words.
func readTask(fsys fs.FS, folder string) (map[string]string, error) {
	file := path.Join(folder, TaskFile)
	source, err := fs.ReadFile(fsys, file)
	if errors.Is(err, fs.ErrNotExist) {
		err = ErrNone
	}
	var task map[string]string
	if err == nil {
		task, err = parseTask(string(source))
	}
	if err != nil {
		return nil, &fs.PathError{Op: "read", Path: file, Err: err}
	}
	return task, nil
}

func parseTask(source string) (map[string]string, error) {
	task := map[string]string{}
	words := append([]string{lang.English, lang.Japanese}, Names()...)
	for line := range strings.Lines(source) {
		word, text, _ := strings.Cut(strings.TrimSpace(line), ":")
		switch {
		case word == "":
			continue // an empty line
		case !slices.Contains(words, word):
			return nil, fmt.Errorf("a line begins with %q%s; there are %s",
				word, nearest.Hint(word, words), strings.Join(words, ", "))
		case task[word] != "":
			return nil, fmt.Errorf("two lines begin with %q", word)
		}
		task[word] = strings.TrimSpace(text)
	}
	for _, word := range words {
		if task[word] == "" {
			return nil, fmt.Errorf("no line has a text for %q", word)
		}
	}
	return task, nil
}

// comment is the task at the top of a program.
func (l Language) comment(folder string, task map[string]string) string {
	number, name, _ := strings.Cut(folder, "-")
	number = strings.TrimPrefix(number, "0")
	width := columns - len(l.Comment) - 1
	title := "---- Exercise " + number + ": " + name + " "
	lines := []string{title + strings.Repeat("-", max(0, width-len(title)))}
	lines = append(lines, ui.Wrap(task[lang.English], width)...)
	lines = append(lines, beside("With:", task[l.Name], width)...)
	lines = append(lines, beside("Judged by:", l.Check(number), width)...)
	lines = append(lines, "")
	lines = append(lines, ui.Wrap(task[lang.Japanese], width)...)
	lines = append(lines, strings.Repeat("-", width))
	var b strings.Builder
	for _, line := range lines {
		b.WriteString(strings.TrimRight(l.Comment+" "+line, " ") + "\n")
	}
	return b.String()
}

// beside wraps a text at the right of its name.
func beside(name, text string, width int) []string {
	const column = 11
	lines := ui.Wrap(text, width-column)
	for i := range lines {
		lines[i] = ui.Pad(name, column) + lines[i]
		name = ""
	}
	return lines
}

// under puts a comment at the top of a program; a line for the kernel (#!) stays
// the first.
func under(comment, program string) string {
	first := ""
	if strings.HasPrefix(program, "#!") {
		end := strings.Index(program, "\n") + 1
		first, program = program[:end], program[end:]
	}
	return first + comment + "\n" + program
}

// Package exercise hands out the container program that a learner writes: for
// each lesson what to begin with and what it may look like in the end, in three
// languages.
//
// A solution is lessons/NN-name/solution/box.*, and the task is [TaskFile]. What to
// begin with is put together: the task, above the solution of the lesson before.
// The first lesson has programs of its own to begin with, in starter.
package exercise

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/how-to-be-a-container/workshop/pkg/nearest"
)

// Language is one in which the program can be written.
type Language struct {
	Name    string // as in --in
	File    string // of the program
	Comment string // what begins a line of comment
	Build   string // the command that makes a program of it, or ""
	Run     string // how it is started
	Mode    fs.FileMode
}

// Languages lists them.
var Languages = []Language{
	{Name: "sh", File: "box.sh", Comment: "#", Run: "./box.sh", Mode: 0o755},
	{Name: "perl", File: "box.pl", Comment: "#", Run: "./box.pl", Mode: 0o755},
	{Name: "go", File: "box.go", Comment: "//", Build: "go build", Run: "./box", Mode: 0o644},
}

// ErrNone means that a lesson has no program to write.
var ErrNone = errors.New("this lesson has no program to write")

// Names lists the names of the languages.
func Names() []string {
	var names []string
	for _, l := range Languages {
		names = append(names, l.Name)
	}
	return names
}

// Lookup finds a language by its name.
func Lookup(name string) (Language, error) {
	for _, l := range Languages {
		if l.Name == name {
			return l, nil
		}
	}
	return Language{}, fmt.Errorf("no language %q%s; there are %s",
		name, nearest.Hint(name, Names()), strings.Join(Names(), ", "))
}

// Check is what to type to have the program of a lesson judged.
func (l Language) Check(number string) string {
	command := "sudo workshop check " + number + " -- " + l.Run
	if l.Build != "" {
		command = l.Build + " && " + command
	}
	return command
}

// Starter is the program to begin with in the lesson of a folder, such as
// 02-chroot: the task, and below it what there is already.
func (l Language) Starter(fsys fs.FS, folder string) (string, error) {
	task, err := readTask(fsys, folder)
	if err != nil {
		return "", err
	}
	program, err := l.read(fsys, folder, "starter")
	if last := before(fsys, folder); errors.Is(err, fs.ErrNotExist) && last != "" {
		program, err = l.Solution(fsys, last)
	}
	if err != nil {
		return "", err
	}
	return under(l.comment(folder, task), program), nil
}

// before is the folder of the exercise before, or "" for the first.
func before(fsys fs.FS, folder string) string {
	tasks, _ := fs.Glob(fsys, "*/"+TaskFile) // sorted; the pattern is a right one
	i := slices.Index(tasks, path.Join(folder, TaskFile))
	if i < 1 {
		return ""
	}
	return path.Dir(tasks[i-1])
}

// Solution is the program as it may look in the end.
func (l Language) Solution(fsys fs.FS, folder string) (string, error) {
	return l.read(fsys, folder, "solution")
}

func (l Language) read(fsys fs.FS, folder, kind string) (string, error) {
	file := path.Join(folder, kind, l.File)
	source, err := fs.ReadFile(fsys, file)
	if err == nil && len(source) == 0 {
		err = &fs.PathError{Op: "read", Path: file, Err: errors.New("it is empty")}
	}
	return string(source), err
}

// Package exercise hands out the container program that a learner writes: for
// each lesson what to begin with and what it may look like in the end, in three
// languages.
//
// The files are in lessons/NN-name/starter and lessons/NN-name/solution. A
// starter is the solution of the lesson before, with the task at its top.
package exercise

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/how-to-be-a-container/workshop/pkg/nearest"
)

// Language is one in which the program can be written.
type Language struct {
	Name  string   // as in --in
	File  string   // of the program
	Build []string // the command that makes a program of it, or nil
	Run   string   // how it is started
	Mode  fs.FileMode
}

// Languages lists them.
var Languages = []Language{
	{Name: "sh", File: "box.sh", Run: "./box.sh", Mode: 0o755},
	{Name: "perl", File: "box.pl", Run: "./box.pl", Mode: 0o755},
	{Name: "go", File: "box.go", Run: "./box", Mode: 0o644, Build: []string{"go", "build"}},
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

// Starter is the program to begin with in the lesson of a folder, such as
// 02-chroot.
func (l Language) Starter(fsys fs.FS, folder string) (string, error) {
	return l.read(fsys, folder, "starter")
}

// Solution is the program as it may look in the end.
func (l Language) Solution(fsys fs.FS, folder string) (string, error) {
	return l.read(fsys, folder, "solution")
}

func (l Language) read(fsys fs.FS, folder, kind string) (string, error) {
	source, err := fs.ReadFile(fsys, path.Join(folder, kind, l.File))
	if errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("%s: %w", folder, ErrNone)
	}
	return string(source), err
}

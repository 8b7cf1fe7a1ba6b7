package exercise

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/how-to-be-a-container/workshop/internal/sudo"
)

// goMod makes a module of the Go program, which needs nothing but the standard
// library: go build works without network.
const goMod = "module box\n\ngo 1.21\n"

// Exists is the error of a file that is there already.
type Exists struct{ File string }

func (e *Exists) Error() string {
	return e.File + " is there already; --force writes over it"
}

// file is one that will be written.
type file struct {
	name, text string
	mode       fs.FileMode
}

// Write writes the starters of a lesson into a directory, which it makes where it
// is missing, and gives the names of the files. Nothing is written where one of
// them is there already, unless force is set. Under sudo(8) or doas(1) their caller
// writes, into a directory of their own, and not root: a link there leads root nowhere.
func Write(dir string, fsys fs.FS, folder string, languages []Language, force bool) (names []string, err error) {
	files, err := starters(fsys, folder, languages)
	if err != nil {
		return nil, err
	}
	caller := sudo.Caller()
	err = caller.Act(func() error {
		names, err = writeAll(dir, files, force)
		return err
	})
	if caller != nil && errors.Is(err, fs.ErrPermission) {
		err = fmt.Errorf("write as user %d, who ran sudo or doas: %w; name a directory of that user, or unset SUDO_UID and DOAS_USER to write as root", caller.UID, err)
	}
	return names, err
}

// writeAll takes back what it has made where it cannot make all.
func writeAll(dir string, files []file, force bool) (names []string, err error) {
	for _, f := range files {
		name := filepath.Join(dir, f.name)
		if there(name) && !force {
			return nil, &Exists{name}
		}
		names = append(names, name)
	}
	made := missing(dir)
	if err := makeDir(dir); err != nil {
		return nil, errors.Join(err, takeBack(made))
	}
	for i, f := range files {
		was := there(names[i])
		if err := f.write(names[i], force); err != nil {
			return nil, errors.Join(err, takeBack(made))
		}
		if !was {
			made = append(made, names[i])
		}
	}
	return names, nil
}

func there(name string) bool {
	_, err := os.Lstat(name)
	return err == nil
}

// missing lists a directory and those above it that are not there, from above.
func missing(dir string) []string {
	var list []string
	for ; !there(dir); dir = filepath.Dir(dir) {
		list = append([]string{dir}, list...)
	}
	return list
}

// takeBack removes what was made, the last first.
func takeBack(made []string) (err error) {
	for _, name := range slices.Backward(made) {
		if there(name) {
			err = errors.Join(err, os.Remove(name))
		}
	}
	return err
}

func starters(fsys fs.FS, folder string, languages []Language) ([]file, error) {
	var files []file
	for _, l := range languages {
		text, err := l.Starter(fsys, folder)
		if err != nil {
			return nil, err
		}
		files = append(files, file{l.File, text, l.Mode})
		if l.Name == "go" {
			files = append(files, file{"go.mod", goMod, 0o644})
		}
	}
	return files, nil
}

// write makes the file anew: what a symbolic link of that name leads to stays as it
// is, and so does a file of that name until there is a whole one in its place.
func (f file) write(name string, force bool) error {
	if !force {
		return f.create(name)
	}
	next := filepath.Join(filepath.Dir(name), fmt.Sprintf(".%s.%d", f.name, os.Getpid()))
	if err := f.create(next); err != nil {
		return err
	}
	err := os.Rename(next, name)
	if err != nil {
		err = errors.Join(err, os.Remove(next))
	}
	return err
}

// create makes a file that is not there, or none.
func (f file) create(name string) error {
	out, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, f.mode)
	if err != nil {
		return err
	}
	_, err = out.WriteString(f.text)
	if err = errors.Join(err, out.Chmod(f.mode), out.Close()); err != nil {
		err = errors.Join(err, os.Remove(name))
	}
	return err
}

// makeDir makes a directory and those above it that are missing.
func makeDir(dir string) error {
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		return fmt.Errorf("%s is a file and no directory", dir)
	}
	return os.MkdirAll(dir, 0o755)
}

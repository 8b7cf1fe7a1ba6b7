package exercise

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

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
// them is there already, unless force is set. Under sudo(8) it is who ran sudo that
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
		err = fmt.Errorf("write as user %d, who ran sudo: %w; name a directory of that user, or unset SUDO_UID to write as root", caller.UID, err)
	}
	return names, err
}

func writeAll(dir string, files []file, force bool) ([]string, error) {
	var names []string
	for _, f := range files {
		name := filepath.Join(dir, f.name)
		if _, err := os.Lstat(name); err == nil && !force {
			return nil, &Exists{name}
		}
		names = append(names, name)
	}
	if err := makeDir(dir); err != nil {
		return nil, err
	}
	for i, f := range files {
		if err := f.write(names[i], force); err != nil {
			return nil, err
		}
	}
	return names, nil
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

// write makes the file anew: what a symbolic link of that name leads to stays
// as it is.
func (f file) write(name string, force bool) error {
	if force {
		if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	out, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, f.mode)
	if err != nil {
		return err
	}
	_, err = out.WriteString(f.text)
	return errors.Join(err, out.Chmod(f.mode), out.Close())
}

// makeDir makes a directory and those above it that are missing.
func makeDir(dir string) error {
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		return fmt.Errorf("%s is a file and no directory", dir)
	}
	return os.MkdirAll(dir, 0o755)
}

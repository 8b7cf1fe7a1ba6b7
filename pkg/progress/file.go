package progress

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/google/renameio/v2"
	"golang.org/x/sys/unix"
)

// The files in the folder.
const (
	fileName = "progress.json"
	lockName = "progress.lock"
)

// How long another process may hold the lock.
const patience = 3 * time.Second

// Aside tells that a file could not be understood and has another name now. All
// else went well.
type Aside struct {
	Name string // what it is called now
	Err  error  // what is wrong with it
}

func (a *Aside) Error() string {
	return fmt.Sprintf("the progress could not be read: %v; it is kept as %s, and a new one begins", a.Err, a.Name)
}
func (a *Aside) Unwrap() error { return a.Err }

// newer tells that a later version of this program wrote the file.
type newer struct{ version int }

func (n newer) Error() string {
	return fmt.Sprintf("a newer workshop wrote it: it has version %d, and this program knows %d", n.version, version)
}

// Read gives what is remembered. Where there is no file that is nothing.
func Read() (*Progress, error) {
	o, err := whose()
	if err != nil {
		return empty(), fmt.Errorf("read the progress: %w", err)
	}
	p := empty()
	err = o.caller.Act(func() (err error) {
		p, err = read(filepath.Join(o.folder, fileName))
		return err
	})
	return p, err
}

func empty() *Progress { return &Progress{version, make(map[int]*Lesson)} }

// read reads a file. With an error it gives the empty progress.
func read(file string) (*Progress, error) {
	b, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return empty(), nil
	}
	if err != nil {
		return empty(), fmt.Errorf("read the progress: %w", err)
	}
	p := &Progress{}
	if err := json.Unmarshal(b, p); err != nil {
		return empty(), fmt.Errorf("read %s: %w", file, err)
	}
	for n, l := range p.Lessons {
		if l == nil {
			delete(p.Lessons, n) // null
		}
	}
	switch {
	case p.Version > version:
		return empty(), fmt.Errorf("read %s: %w", file, newer{p.Version})
	case p.Version < 1 || p.Lessons == nil:
		return empty(), fmt.Errorf("read %s: this is no progress of workshop", file)
	}
	return p, nil
}

// update changes the file. Nobody else does so meanwhile, and it is either the
// old one or the new one at any moment.
func update(change func(*Progress)) error {
	o, err := whose()
	if err == nil {
		err = o.caller.Act(func() error { return o.update(change) })
	}
	var aside *Aside
	if err != nil && !errors.As(err, &aside) {
		return fmt.Errorf("keep the progress: %w", err)
	}
	return err
}

func (o owner) update(change func(*Progress)) error {
	if err := os.MkdirAll(o.folder, 0o700); err != nil {
		return err
	}
	lock, err := hold(filepath.Join(o.folder, lockName))
	if err != nil {
		return err
	}
	defer lock.Close() // that unlocks

	file := filepath.Join(o.folder, fileName)
	p, err := read(file)
	if err != nil {
		if err = putAside(file, err); !isAside(err) {
			return err
		}
	}
	before, _ := json.MarshalIndent(p, "", "  ")
	change(p)
	text, failed := json.MarshalIndent(p, "", "  ")
	if failed == nil && err == nil && bytes.Equal(before, text) {
		return nil // such as a lesson that is watched again
	}
	if failed == nil {
		failed = renameio.WriteFile(file, append(text, '\n'), 0o600, renameio.WithTempDir(o.folder))
	}
	return errors.Join(failed, err)
}

func isAside(err error) bool {
	var aside *Aside
	return errors.As(err, &aside)
}

// putAside gives another name to a file that cannot be understood. What a newer
// program wrote, or what cannot be read at all, stays where it is.
func putAside(file string, why error) error {
	var later newer
	var path *fs.PathError
	if errors.As(why, &later) || errors.As(why, &path) {
		return why
	}
	name := fmt.Sprintf("%s.broken-%s", file, time.Now().UTC().Format("20060102T150405.000000000Z"))
	if err := os.Rename(file, name); err != nil {
		return errors.Join(why, err)
	}
	return &Aside{name, why}
}

// hold takes the lock of the file: flock(2), which the kernel takes back from a
// process that dies. It does not wait for ever: one may be stopped.
func hold(name string) (*os.File, error) {
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	for start := time.Now(); ; time.Sleep(10 * time.Millisecond) {
		err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
		if err == nil {
			return f, nil
		}
		if !errors.Is(err, unix.EWOULDBLOCK) && !errors.Is(err, unix.EINTR) || time.Since(start) > patience {
			f.Close()
			return nil, fmt.Errorf("lock %s: %w", name, err)
		}
	}
}

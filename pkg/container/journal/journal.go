// Package journal writes down what a run makes and what does not die by itself,
// such as a cgroup, before it is made, so that it can be taken back after a
// kill -9: exactly what is written, never by pattern.
//
// A journal is a file of JSON lines under /run/workshop. Its owner holds a lock
// on it (flock(2)) for as long as it lives, so a journal whose lock is free has
// lost its owner.
package journal

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sys/unix"
)

// Dir is where the journals are: on a tmpfs, for nothing in them outlives a reboot.
const Dir = "/run/workshop"

const suffix = ".journal"

// Entry is one thing that has to be taken back.
type Entry struct {
	Step string `json:"step"` // the step that knows how to
	Name string `json:"name"` // what it is, such as the path of a cgroup
}

// Info says what runs, for those who list or enter running containers.
type Info struct {
	ID      string          `json:"id"`
	PID     int             `json:"pid"`     // the child, as the host sees it
	Steps   []string        `json:"steps"`   // the layers that it has
	Spec    json.RawMessage `json:"spec"`    // their settings: a steps.Spec
	Command []string        `json:"command"` // what it executes
	Started string          `json:"started"` // RFC 3339
}

// Journal is the journal of one run.
type Journal struct {
	ID      string
	mu      sync.Mutex
	file    *os.File
	entries []Entry // what is in the file
}

// line is one line of the file.
type line struct {
	Entry *Entry `json:"entry,omitempty"`
	Info  *Info  `json:"info,omitempty"`
}

// Create begins the journal of a new run, with an id that no other run has.
func Create() (*Journal, error) {
	if err := os.MkdirAll(Dir, 0o755); err != nil {
		return nil, err
	}
	// Whatever the umask: root of a user namespace passes here on its way to its root.
	if err := os.Chmod(Dir, 0o755); err != nil {
		return nil, err
	}
	for {
		id := newID()
		f, err := os.OpenFile(path(id), os.O_RDWR|os.O_CREATE|os.O_EXCL|os.O_APPEND, 0o600)
		if errors.Is(err, os.ErrExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		switch owned, err := own(f); {
		case err != nil:
			f.Close()
			return nil, err
		case owned:
			return &Journal{ID: id, file: f}, nil
		}
		f.Close()
	}
}

// own takes the lock of a new journal. For a moment somebody else can have it:
// Running, which only looks, or a sweep, which takes the empty file away; then it is
// false.
func own(f *os.File) (bool, error) {
	err := error(unix.EINTR)
	for errors.Is(err, unix.EINTR) {
		err = unix.Flock(int(f.Fd()), unix.LOCK_EX)
	}
	if err != nil {
		return false, &os.PathError{Op: "flock", Path: f.Name(), Err: err}
	}
	return !removed(f), nil
}

func newID() string {
	b := make([]byte, 3)
	_, _ = unix.Getrandom(b, 0) // never fails for so few; crypto/rand would set up its generator first
	return hex.EncodeToString(b)
}

func path(id string) string { return filepath.Join(Dir, id+suffix) }

// lock takes the lock if it is free. The lock ends with the process.
func lock(f *os.File) bool {
	return unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB) == nil
}

// removed tells whether the file has no name any more.
func removed(f *os.File) bool {
	var st unix.Stat_t
	return unix.Fstat(int(f.Fd()), &st) != nil || st.Nlink == 0
}

// Record writes an entry down. What it names may be made after it returned.
func (j *Journal) Record(step, name string) error {
	return j.write(line{Entry: &Entry{step, name}})
}

// Describe writes down what runs.
func (j *Journal) Describe(i Info) error {
	i.ID = j.ID
	return j.write(line{Info: &i})
}

func (j *Journal) write(l line) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	b, err := json.Marshal(l)
	if err != nil {
		return err
	}
	if _, err = j.file.Write(append(b, '\n')); err == nil && l.Entry != nil {
		j.entries = append(j.entries, *l.Entry)
	}
	return err
}

// Undo takes back one entry.
type Undo func(Entry) error

// Close takes everything back, the newest first, and removes the journal. Where
// something could not be taken back the journal stays for the next sweep.
func (j *Journal) Close(undo Undo) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	defer j.file.Close()
	return takeBack(j.file, j.entries, undo)
}

// takeBack undoes what a locked journal says, and removes it.
func takeBack(f *os.File, entries []Entry, undo Undo) error {
	var failed error
	for _, e := range slices.Backward(entries) {
		if err := undo(e); err != nil {
			failed = errors.Join(failed, fmt.Errorf("take back %s %s: %w", e.Step, e.Name, err))
		}
	}
	if failed != nil {
		return failed
	}
	return os.Remove(f.Name())
}

// read gives the entries and the last description. A last line that was cut off
// by a kill -9 is left out: what it names was never made.
func read(f *os.File) ([]Entry, *Info, error) {
	b, err := io.ReadAll(io.NewSectionReader(f, 0, math.MaxInt64))
	if err != nil {
		return nil, nil, err
	}
	var entries []Entry
	var info *Info
	for _, text := range bytes.Split(b, []byte("\n")) {
		var l line
		if json.Unmarshal(text, &l) != nil {
			continue
		}
		if l.Entry != nil {
			entries = append(entries, *l.Entry)
		}
		if l.Info != nil {
			info = l.Info
		}
	}
	return entries, info, nil
}

// Sweep takes back what runs without an owner have left behind.
func Sweep(undo Undo) error {
	return each(func(f *os.File) error {
		if !lock(f) || removed(f) {
			return nil // its owner lives, or it was taken back meanwhile
		}
		entries, _, err := read(f)
		if err != nil {
			return err
		}
		return takeBack(f, entries, undo)
	})
}

// Running lists the runs whose owner lives.
func Running() ([]Info, error) {
	var infos []Info
	err := each(func(f *os.File) error {
		if lock(f) {
			return nil // its owner is gone; the lock ends when each closes f
		}
		_, info, err := read(f)
		if info != nil {
			infos = append(infos, *info)
		}
		return err
	})
	return infos, err
}

// each calls do with every journal.
func each(do func(*os.File) error) error {
	entries, err := os.ReadDir(Dir)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	var failed error
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), suffix) {
			continue
		}
		f, err := os.OpenFile(filepath.Join(Dir, e.Name()), os.O_RDWR, 0)
		if errors.Is(err, os.ErrNotExist) {
			continue // it ended meanwhile
		}
		if err == nil {
			err = errors.Join(do(f), f.Close())
		}
		failed = errors.Join(failed, err)
	}
	return failed
}

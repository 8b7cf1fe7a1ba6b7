package journal

import (
	"cmp"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/internal/testenv"
	"github.com/how-to-be-a-container/workshop/internal/thread"
)

// fake stands for what a step makes: it notes what is taken back, in which order,
// and cannot take back one name.
type fake struct {
	order []string
	stuck string
	why   error // nil is EBUSY
}

func (f *fake) undo(e Entry) error {
	f.order = append(f.order, e.Name)
	if e.Name == f.stuck {
		return cmp.Or(f.why, error(unix.EBUSY))
	}
	return nil
}

// begun is a journal of three entries, and not where the runs of this machine have theirs.
func begun(t *testing.T) *Journal {
	t.Helper()
	f, err := os.OpenFile(filepath.Join(t.TempDir(), "a"+suffix), os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	j := &Journal{ID: "a", file: f}
	for _, name := range []string{"one", "two", "three"} {
		if err := j.Record("fake", name); err != nil {
			t.Fatal(err)
		}
	}
	return j
}

func exists(t *testing.T, f *os.File) bool {
	t.Helper()
	_, err := os.Stat(f.Name())
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	return err == nil
}

// TestTakeBack: the newest first, as a later thing may stand on an earlier one. One
// that stays is told and keeps the journal, and holds up no other.
func TestTakeBack(t *testing.T) {
	ends := map[string]func(*Journal, Undo) error{
		"by its owner": (*Journal).Close,
		"by a sweep": func(j *Journal, undo Undo) error {
			entries, _, err := read(j.file)
			return errors.Join(err, takeBack(j.file, entries, undo))
		},
	}
	for name, end := range ends {
		for _, stuck := range []string{"", "two"} {
			t.Run(name+" "+stuck, func(t *testing.T) {
				j, kind := begun(t), &fake{stuck: stuck}
				err := end(j, kind.undo)
				if want := []string{"three", "two", "one"}; !slices.Equal(kind.order, want) {
					t.Errorf("taken back in the order %v, want %v", kind.order, want)
				}
				there, stays := exists(t, j.file), stuck != ""
				if there != stays || errors.Is(err, unix.EBUSY) != stays {
					t.Errorf("the journal is there: %v, the error is %v; want both: %v", there, err, stays)
				}
			})
		}
	}
}

// TestRead: what a kill -9 cut off is left out, and nothing else, however long it is.
func TestRead(t *testing.T) {
	long := strings.Repeat("x", 1<<20)
	tests := map[string]struct {
		more    string
		entries int
		command string
	}{
		"nothing more":         {"", 3, ""},
		"a torn entry":         {`{"entry":{"step":"fake","na`, 3, ""},
		"a torn description":   {`{"info":{"command":["a"]}}` + "\n" + `{"info":{"command":["b"`, 3, "a"},
		"the last description": {`{"info":{"command":["a"]}}` + "\n" + `{"info":{"command":["b"]}}`, 3, "b"},
		"after 1 MiB":          {`{"info":{"command":["` + long + `"]}}` + "\n" + `{"entry":{"step":"fake","name":"four"}}` + "\n", 4, long},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			j := begun(t)
			if _, err := j.file.WriteString(test.more); err != nil {
				t.Fatal(err)
			}
			entries, info, err := read(j.file)
			if err != nil || len(entries) != test.entries {
				t.Errorf("%d entries, want %d: %v", len(entries), test.entries, err)
			}
			if command := strings.Join(commandOf(info), " "); command != test.command {
				t.Errorf("the command is of %d bytes, want %d", len(command), len(test.command))
			}
		})
	}
}

func commandOf(i *Info) []string {
	if i == nil {
		return nil
	}
	return i.Command
}

// TestOwn: whoever looks at a new journal before it is owned, it is one in the end
// that has a name and an owner.
func TestOwn(t *testing.T) {
	for name, test := range map[string]struct {
		removes, owned bool
	}{
		"Running looks":    {false, true},
		"a sweep takes it": {true, false},
	} {
		t.Run(name, func(t *testing.T) {
			j := begun(t)
			other, err := os.Open(j.file.Name())
			if err != nil || !lock(other) {
				t.Fatalf("cannot lock it first: %v", err)
			}
			time.AfterFunc(20*time.Millisecond, func() {
				if test.removes {
					os.Remove(other.Name())
				}
				other.Close()
			})
			if owned, err := own(j.file); err != nil || owned != test.owned {
				t.Errorf("owned: %v, want %v (%v)", owned, test.owned, err)
			}
		})
	}
}

// TestSweepAndRunning: a journal is swept when its owner is gone, and listed while
// it is there. The journals are on a tmpfs that this thread alone sees.
func TestSweepAndRunning(t *testing.T) {
	testenv.Root(t)
	err := thread.Do(func() error {
		if err := ownDir(); err != nil {
			return err
		}
		lives, err := Create()
		if err != nil {
			return err
		}
		gone, err := Create()
		if err != nil {
			return err
		}
		for _, j := range []*Journal{lives, gone} {
			if err := errors.Join(j.Record("fake", j.ID), j.Describe(Info{PID: 1})); err != nil {
				return err
			}
		}
		gone.file.Close() // as a kill -9 does
		sweepsAndLists(t, lives.ID, gone.ID)
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func sweepsAndLists(t *testing.T, lives, gone string) {
	t.Helper()
	running, err := Running()
	if err != nil || len(running) != 1 || running[0].ID != lives {
		t.Errorf("%s runs, and listed is %v: %v", lives, running, err)
	}
	for _, why := range []error{unix.EBUSY, unix.ENOENT} { // such as no securityfs, to remove a profile by
		kind := &fake{stuck: gone, why: why}
		if err := Sweep(kind.undo); !errors.Is(err, why) || !slices.Equal(kind.order, []string{gone}) {
			t.Errorf("%s is stuck by %v, and taken back was %v: %v", gone, why, kind.order, err)
		}
	}
	kind := &fake{}
	if err := Sweep(kind.undo); err != nil || !slices.Equal(kind.order, []string{gone}) {
		t.Errorf("%s was to be taken back the second time, and was %v: %v", gone, kind.order, err)
	}
	if files, err := os.ReadDir(Dir); err != nil || len(files) != 1 || files[0].Name() != lives+suffix {
		t.Errorf("left are %v, and should be the one of %s: %v", files, lives, err)
	}
}

// ownDir gives this thread a Dir that no other run uses.
func ownDir() error {
	if err := os.MkdirAll(Dir, 0o755); err != nil {
		return err
	}
	if err := unix.Unshare(unix.CLONE_NEWNS | unix.CLONE_FS); err != nil {
		return err
	}
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return err
	}
	return unix.Mount("tmpfs", Dir, "tmpfs", 0, "mode=755")
}

package container

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"

	"github.com/how-to-be-a-container/workshop/pkg/cgroup"
	"github.com/how-to-be-a-container/workshop/pkg/container/journal"
	"github.com/how-to-be-a-container/workshop/pkg/steps"
)

// TestBadEntries: whatever stands in a journal, nothing is taken back that is not ours.
func TestBadEntries(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "group")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, e := range []journal.Entry{
		{},
		{Step: guardEntry},
		{Step: guardEntry, Name: dir},
		{Step: guardEntry, Name: dir + "/" + cgroup.Parent},
		{Step: "cgroup", Name: dir},
		{Step: "nothing", Name: dir},
		{Step: "apparmor", Name: "somebody-elses"},
		{Step: "apparmor"},
	} {
		if err := undo(e); err == nil {
			t.Errorf("%+v was taken back", e)
		}
	}
	if _, err := os.Stat(dir); err != nil {
		t.Error(err)
	}
}

// FuzzTalk: arguments travel as they are, an errno is one at the other end, and no
// message makes the supervisor panic.
func FuzzTalk(f *testing.F) {
	f.Add("a\xff\x00", "mkdir", "/層", uint8(2), []byte(`{"Step":"chroot","Errno":-1}`))
	f.Add("", "execve", "", uint8(0), []byte(`null`))
	f.Fuzz(func(t *testing.T, arg, op, path string, errno uint8, said []byte) {
		var words verbatim
		text, err := json.Marshal(&verbatim{arg, path})
		if err == nil {
			err = json.Unmarshal(text, &words)
		}
		if err != nil || !slices.Equal(words, []string{arg, path}) {
			t.Errorf("%q: %v", words, err)
		}
		failed := &steps.Error{Op: op, Path: path, Err: syscall.Errno(errno)}
		if text, err = json.Marshal(toWire("chroot", failed)); err != nil {
			t.Fatal(err)
		}
		if err := failure(text); errno != 0 && !errors.Is(err, syscall.Errno(errno)) {
			t.Errorf("%v has become %v", failed, err)
		}
		var any json.RawMessage
		if json.Unmarshal(said, &any) == nil {
			_ = failure(any)
		}
	})
}

package rootfs

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// TestUsedMeanwhile: what somebody has begun to use during the build is not replaced.
func TestUsedMeanwhile(t *testing.T) {
	dir := filepath.Join(sandbox(t), "host")
	must(t, os.MkdirAll(filepath.Join(dir, "older"), 0o755))
	user := exec.Command("sleep", "60")
	user.Dir = dir
	defer func() {
		if user.Process != nil {
			_ = user.Process.Kill()
			_ = user.Wait()
		}
	}()
	_, err := build(t.Context(), ownKind(`echo building`), &onWrite{do: func() { must(t, user.Start()) }})
	if err == nil || !strings.Contains(err.Error(), "in use") {
		t.Errorf("%v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "older")); err != nil {
		t.Errorf("what was there before: %v", err)
	}
	if names := left(t); len(names) != 1 {
		t.Errorf("left behind: %v", names)
	}
}

// TestOwnProcessGroup: Ctrl-C in a terminal goes to a process group, and none of a
// build is in ours. From a pid namespace the number of a group outside reads as 0.
func TestOwnProcessGroup(t *testing.T) {
	sandbox(t)
	var log bytes.Buffer
	if _, err := build(t.Context(), ownKind(`read -r pid name state parent group rest </proc/1/stat; echo "group $group."`), &log); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(log.String(), "group 1.\n") {
		t.Error(log.String())
	}
}

// TestSpaceError: a script's tools say in words that the disk is full.
func TestSpaceError(t *testing.T) {
	failed := errors.New("exit status 1")
	for words, full := range map[string]bool{
		"cp: error writing 'x': No space left on device\n": true,
		"write x: no space left on device":                 true,
		"cp: cannot create 'x': Permission denied\n":       false,
		"": false,
	} {
		err := spaceError(words, failed)
		if errors.Is(err, unix.ENOSPC) != full || errors.Is(err, failed) == full {
			t.Errorf("%q: %v", words, err)
		}
	}
}

package cgroup

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"testing"
)

// pidsIn is a group with these files.
func pidsIn(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestReadPids(t *testing.T) {
	for _, test := range []struct {
		current, max, events string
		want                 Pids
		limit                string
	}{
		{"31", "32", "max 7", Pids{31, 32, 7}, "32"},
		{"4", "max", "max 0", Pids{4, NoLimit, 0}, "max"},
		{"4", "9", "max 3\nmax.imposed 5", Pids{4, 9, 3}, "9"},
	} {
		dir := pidsIn(t, map[string]string{"pids.current": test.current, "pids.max": test.max, "pids.events": test.events})
		if got, err := ReadPids(dir); err != nil || got != test.want || got.Limit() != test.limit {
			t.Errorf("%+v: %+v, limit %s, %v", test, got, got.Limit(), err)
		}
	}
}

// TestReadPidsFails: each of the files must be there, and have a number.
func TestReadPidsFails(t *testing.T) {
	files := map[string]string{"pids.current": "31", "pids.max": "32", "pids.events": "max 7"}
	for name := range files {
		less, other := maps.Clone(files), maps.Clone(files)
		delete(less, name)
		if got, err := ReadPids(pidsIn(t, less)); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("without %s: %+v, %v", name, got, err)
		}
		other[name] = "max x"
		if got, err := ReadPids(pidsIn(t, other)); err == nil {
			t.Errorf("with another %s: %+v", name, got)
		}
	}
}

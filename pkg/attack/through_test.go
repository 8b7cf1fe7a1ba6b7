package attack_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/how-to-be-a-container/workshop/internal/testenv"
	"github.com/how-to-be-a-container/workshop/pkg/attack"
)

// TestThrough attacks in a container that unshare(1) makes: what it hides is
// stopped and nothing else, although it hands on no environment.
func TestThrough(t *testing.T) {
	testenv.Root(t)
	_, err := exec.LookPath("unshare")
	testenv.Needs(t, "unshare in PATH", err == nil, err)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		probe   string
		command []string
		allowed bool
	}{
		{"host-loopback", []string{"env", "-i"}, true},
		{"host-loopback", []string{"env", "-i", "unshare", "--net"}, false},
		{"rename-host", []string{"env", "-i", "unshare", "--net"}, true},
		{"rename-host", []string{"env", "-i", "unshare", "--uts"}, false},
		{"host-file", []string{"env", "-i", "unshare", "--net"}, true},
		// A program that says something itself, and more than a pipe holds.
		{"rename-host", []string{"unshare", "--uts", "sh", "-c", `echo hello; "$@"; seq 99999`, "sh"}, false},
	} {
		r, err := attack.Through(t.Context(), test.probe, append(test.command, self))
		if err != nil || r.Allowed != test.allowed || r.Why != "" {
			t.Errorf("%s in %v: %+v, %v", test.probe, test.command, r, err)
		}
	}
	// It is sought in our PATH, and not in the container's.
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "mine"), []byte("#!/bin/sh\nexec \"$@\"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
	if r, err := attack.Through(t.Context(), "keyctl", []string{"mine", self}); err != nil || !r.Allowed {
		t.Errorf("%+v, %v", r, err)
	}
	// That no probe ran is no result.
	r, err := attack.Through(t.Context(), "keyctl", []string{"false", self})
	if err == nil || r.Probe != "" || !strings.Contains(err.Error(), "exit code 1") {
		t.Errorf("%+v, %v", r, err)
	}
}

// TestBegan: JSON that a command says of itself is no probe's.
func TestBegan(t *testing.T) {
	for output, want := range map[string]bool{
		"{\"level\": \"info\"}\n3\n": false, "hello\n{\"line\": \"x\"}\n": true, "{}\n": true, "": false,
		strings.Repeat("x", 1<<17) + "\n{}\n": true,
	} {
		if attack.Began(output) != want {
			t.Errorf("%.40q: want %v", output, want)
		}
	}
}

// TestEndedProbe: a filter stops a probe that has begun, which its first line says.
// Nothing else that ends one is a layer at work.
func TestEndedProbe(t *testing.T) {
	testenv.Root(t)
	for _, test := range []struct {
		script string
		tried  bool
		err    string
	}{
		{"echo {}; kill -s SYS $$", true, ""},
		{"echo {}; kill -s KILL $$", false, ""},
		{"echo {}; exit 2", false, ""},
		{"echo {}; kill -s INT $$", false, "stopped by interrupt"},
		{"kill -s TERM $$", false, "stopped by terminated"},
		{"kill -s HUP $$", false, "stopped by hangup"},
		{"kill -s SYS $$", false, "ended with exit code 159, and no probe ran"},
	} {
		r, err := attack.Through(t.Context(), "keyctl", []string{"sh", "-c", test.script, "workshop"})
		if r.Allowed || r.Tried() != test.tried || (err == nil) != (test.err == "") || strings.Contains(r.Reason, "before") {
			t.Errorf("%s: tried: %v, %+v, %v", test.script, r.Tried(), r, err)
		}
		if err != nil && !strings.Contains(err.Error(), test.err) {
			t.Errorf("%s: %v", test.script, err)
		}
	}
}

// TestTell takes no other variable.
func TestTell(t *testing.T) {
	t.Setenv(attack.MarkerEnv, "")
	if err := attack.Tell([]string{attack.MarkerEnv + "=/x"}); err != nil || os.Getenv(attack.MarkerEnv) != "/x" {
		t.Errorf("%v", err)
	}
	if err := attack.Tell([]string{"LD_PRELOAD=/x"}); err == nil {
		t.Error("it took LD_PRELOAD")
	}
}

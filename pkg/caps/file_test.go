package caps

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/how-to-be-a-container/workshop/internal/testenv"
)

// TestAgainstSetcap compares with what setcap(8) writes and getcap(8) reads.
func TestAgainstSetcap(t *testing.T) {
	testenv.Root(t)
	_, err := exec.LookPath("setcap")
	testenv.Needs(t, "setcap in PATH", err == nil)
	file := filepath.Join(t.TempDir(), "program")
	if err := os.WriteFile(file, nil, 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := Read(file); !errors.Is(err, ErrNoCaps) {
		t.Errorf("before: %v", err)
	}
	for _, text := range []string{
		"cap_net_bind_service=ep", "cap_net_bind_service=p", "cap_chown,cap_kill=eip", "cap_net_raw=ei",
		"cap_sys_time,cap_checkpoint_restore=ip", "cap_kill=p cap_chown=ip cap_fowner=i",
	} {
		if out, err := exec.Command("setcap", text, file).CombinedOutput(); err != nil {
			t.Fatalf("setcap %s: %v: %s", text, err, out)
		}
		read, err := Read(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := Write(file, read); err != nil {
			t.Fatal(err)
		}
		for _, same := range []string{text, read.String()} { // -v compares
			if out, err := exec.Command("setcap", "-v", same, file).CombinedOutput(); err != nil {
				t.Errorf("%s: we read %q; setcap -v %s: %v: %s", text, read, same, err, out)
			}
		}
		if out, err := exec.Command("setcap", "-v", "cap_sys_boot=p", file).CombinedOutput(); err == nil {
			t.Errorf("setcap -v finds everything equal: %s", out)
		}
	}
}

func TestParse(t *testing.T) {
	tests := []struct {
		name, xattr string
		want        FileCaps
	}{
		{"revision 1", "\x01\x00\x00\x01\x00\x04\x00\x00\x00\x00\x00\x00", FileCaps{Permitted: 1 << 10, Effective: true, Revision: 1}},
		{
			"revision 2", "\x00\x00\x00\x02\x00\x00\x00\x02\x01\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00",
			FileCaps{Permitted: 1<<25 | 1<<40, Inheritable: 1, Revision: 2},
		},
		{
			"revision 3", "\x01\x00\x00\x03\x00\x04\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\xa0\x86\x01\x00",
			FileCaps{Permitted: 1 << 10, Effective: true, Revision: 3, RootID: 100000},
		},
	}
	for _, test := range tests {
		got, err := Parse([]byte(test.xattr))
		if err != nil || *got != test.want {
			t.Errorf("%s: got %+v, %v", test.name, got, err)
		}
	}
	for _, bad := range []string{"", "\x00", "\x01\x00\x00\x02", "\x01\x00\x00\x04" + strings.Repeat("\x00", 16), strings.Repeat("\xff", 20)} {
		if got, err := Parse([]byte(bad)); err == nil {
			t.Errorf("% x: got %+v and no error", bad, got)
		}
	}
}

// TestReadFileFollows: symbolic links, and the interpreter of a script.
func TestReadFileFollows(t *testing.T) {
	dir := t.TempDir()
	script, link := filepath.Join(dir, "script"), filepath.Join(dir, "link")
	if err := errors.Join(os.WriteFile(script, []byte("#! /bin/sh -e\n"), 0o755), os.Symlink(script, link)); err != nil {
		t.Fatal(err)
	}
	if f, err := ReadFile(os.Getpid(), link); err != nil || f.Path != "/bin/sh" {
		t.Errorf("got %+v, %v", f, err)
	}
	loop := filepath.Join(dir, "loop")
	if err := os.WriteFile(loop, []byte("#!"+loop+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{loop, dir, filepath.Join(dir, "none"), "/etc/passwd"} {
		if f, err := ReadFile(os.Getpid(), path); err == nil {
			t.Errorf("%s: got %+v and no error", path, f)
		}
	}
}

// TestInterpreters compares with the kernel how many scripts may stand before a
// program, and what comes of too many.
func TestInterpreters(t *testing.T) {
	program, err := exec.LookPath("true")
	testenv.Needs(t, "true in PATH", err == nil, err)
	seen := map[syscall.Errno]int{}
	for _, last := range []string{program, "/none"} {
		path := last
		for i := range 8 {
			_, err := ReadFile(os.Getpid(), path)
			kernel := exec.Command(path).Run()
			if errno := errnoOf(t, kernel); errnoOf(t, err) != errno {
				t.Errorf("%d scripts before %s: %v; execve: %v", i, last, err, kernel)
			} else {
				seen[errno]++
			}
			interpreter := path
			path = filepath.Join(t.TempDir(), "script")
			if err := os.WriteFile(path, []byte("#!"+interpreter+"\n"), 0o755); err != nil {
				t.Fatal(err)
			}
		}
	}
	if len(seen) != 3 {
		t.Errorf("want success, ELOOP and ENOENT, and saw %v", seen)
	}
}

// errnoOf is 0 where there is no error.
func errnoOf(t *testing.T, err error) (errno syscall.Errno) {
	t.Helper()
	if err != nil && !errors.As(err, &errno) {
		t.Errorf("no errno: %v", err)
	}
	return errno
}

func TestSetIn(t *testing.T) {
	const full = Set(0b1111)
	for set, want := range map[Set]string{
		0: "none", full: "all 4", 0b0111: "all but CAP_FOWNER", 0b0001: "CAP_CHOWN",
	} {
		if got := set.In(full); got != want {
			t.Errorf("%b: got %q, want %q", set, got, want)
		}
	}
}

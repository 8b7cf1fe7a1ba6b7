package sudo

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"reflect"
	"strconv"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/internal/testenv"
)

// TestCaller: sudo(8) names who ran it by numbers, doas(1) by a name.
func TestCaller(t *testing.T) {
	testenv.Root(t)
	nobody, err := user.Lookup("nobody")
	testenv.Needs(t, "user nobody", err == nil, err)
	uid, _ := strconv.Atoi(nobody.Uid)
	gid, _ := strconv.Atoi(nobody.Gid)
	for _, c := range []struct {
		uid, gid, doas string
		want           *User
	}{
		{"4711", "4712", "", &User{4711, 4712}},
		{"", "", "nobody", &User{uid, gid}},
		{"4711", "4712", "nobody", &User{4711, 4712}},
		{"", "", "root", nil},
		{"", "", "", nil},
		{"", "", "no such user", nil},
		{"0", "0", "", nil},
		{"4711", "", "", nil},
	} {
		t.Setenv("SUDO_UID", c.uid)
		t.Setenv("SUDO_GID", c.gid)
		t.Setenv("DOAS_USER", c.doas)
		if got := Caller(); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%+v: %+v", c, got)
		}
	}
}

const groupsEnv = "WORKSHOP_TEST_GROUPS"

// TestGroups: who ran sudo writes by its own groups, and not by those of root.
func TestGroups(t *testing.T) {
	testenv.Root(t)
	dir := os.Getenv(groupsEnv)
	if dir == "" {
		dir = t.TempDir()
		must(t, os.Chmod(filepath.Dir(dir), 0o755))
		must(t, os.Chmod(dir, 0o755))
		again(t, dir)
		return
	}
	must(t, syscall.Setgroups([]int{0}))
	const uid, own, shared = 4711, 4712, 4713
	users(t, dir, fmt.Sprintf("ada:x:%d:%d::/:/bin/sh\n", uid, own), fmt.Sprintf("students:x:%d:ada\n", shared))
	for gid, want := range map[int]error{0: unix.EACCES, own: nil, shared: nil, shared + 1: unix.EACCES} {
		group := filepath.Join(dir, fmt.Sprint("of group ", gid))
		must(t, os.Mkdir(group, 0o700))
		must(t, errors.Join(os.Chown(group, 0, gid), os.Chmod(group, 0o775)))
		err := (&User{uid, own}).Act(func() error { return os.WriteFile(filepath.Join(group, "file"), nil, 0o600) })
		if !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", group, err, want)
		}
		stranger := &User{uid + 1, shared + 2}
		err = stranger.Act(func() error { return os.WriteFile(filepath.Join(group, "stranger"), nil, 0o600) })
		if !errors.Is(err, unix.EACCES) {
			t.Errorf("%s, for a user that no file names: %v", group, err)
		}
	}
	if groups, err := os.Getgroups(); err != nil || len(groups) != 1 || groups[0] != 0 {
		t.Errorf("other threads have the groups %v, %v", groups, err)
	}
}

// again runs this test in a process with a mount namespace of its own.
func again(t *testing.T, dir string) {
	t.Helper()
	cmd := exec.Command("/proc/self/exe", "-test.run=^TestGroups$")
	cmd.Env = append(os.Environ(), groupsEnv+"="+dir)
	cmd.SysProcAttr = &syscall.SysProcAttr{Unshareflags: syscall.CLONE_NEWNS}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// users mounts an /etc with a password file and a group file of these lines.
func users(t *testing.T, dir, passwd, group string) {
	t.Helper()
	etc := filepath.Join(dir, "etc")
	must(t, os.Mkdir(etc, 0o755))
	must(t, os.WriteFile(filepath.Join(etc, "passwd"), []byte(passwd), 0o644))
	must(t, os.WriteFile(filepath.Join(etc, "group"), []byte(group), 0o644))
	must(t, unix.Mount(etc, "/etc", "", unix.MS_BIND, ""))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

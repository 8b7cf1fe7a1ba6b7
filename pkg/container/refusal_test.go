package container_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/internal/testenv"
	"github.com/how-to-be-a-container/workshop/pkg/container"
	"github.com/how-to-be-a-container/workshop/pkg/steps"
)

// TestRefusal: what the machine refuses is told from what is our own fault. This root
// lacks nothing; for those that do, see bad_luck.txtar of cmd/workshop.
func TestRefusal(t *testing.T) {
	testenv.Root(t)
	for _, test := range []struct {
		err  error
		says string // "": it is no refusal
	}{
		{&steps.Error{Op: "unshare", Path: "CLONE_NEWNS", Err: unix.EPERM}, ""},
		{&steps.Error{Op: "chroot", Path: "/no/such", Err: unix.ENOENT}, ""},
		{&container.ExecError{Command: "true", Err: unix.EROFS}, ""},
		{errors.New("no errno"), ""},
		{&os.PathError{Op: "open", Path: "/run/full", Err: unix.ENOSPC}, ""},
		{fmt.Errorf("begin: %w", &os.PathError{Op: "chmod", Path: "/run/workshop", Err: unix.EROFS}), "chmod /run/workshop: read-only file system (EROFS): that is mounted read-only"},
		{&steps.Error{Op: "unshare", Path: "CLONE_NEWNS", Err: unix.ENOSPC}, "no more namespaces"},
		{&steps.Error{Op: "mount --bind", Path: "/", Err: unix.ENOSYS}, "a seccomp filter says so"},
	} {
		got := container.Refusal(test.err)
		switch {
		case !errors.Is(got, test.err):
			t.Errorf("%v became %v, which is it no more", test.err, got)
		case errors.Is(got, steps.ErrUnsupported) != (test.says != ""):
			t.Errorf("%v became %v", test.err, got)
		case !strings.Contains(got.Error(), test.says):
			t.Errorf("%v became %v, which does not say %q", test.err, got, test.says)
		}
	}
	if container.Refusal(nil) != nil {
		t.Error("no error became one")
	}
}

// confinedEnv makes the test binary one that is refused something.
const confinedEnv = "WORKSHOP_TEST_CONFINED"

// TestRefusedByProfile: of a process in a profile, it is the profile that is told.
func TestRefusedByProfile(t *testing.T) {
	if os.Getenv(confinedEnv) != "" {
		fmt.Println(container.Refusal(&os.PathError{Op: "open", Path: "/x", Err: unix.EACCES}))
		return
	}
	testenv.AppArmor(t)
	c := container.Container{
		Steps: []*steps.Step{steps.AppArmor}, Path: "/proc/self/exe", Env: append(container.DefaultEnv(), confinedEnv+"=1"),
	}
	said, code, err := output(t, c, "test", "-test.run=^TestRefusedByProfile$")
	if want := "(EACCES): this process is confined by workshop-"; err != nil || code != 0 || !strings.Contains(said, want) || !strings.Contains(said, " (enforce) ") {
		t.Errorf("exit code %d, %v, it said %q, want %q", code, err, said, want)
	}
}

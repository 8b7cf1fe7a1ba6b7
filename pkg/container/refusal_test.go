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

package seccomp

import (
	"os"
	"runtime"
	"strings"
	"testing"
	"unsafe"
)

// TestPaths: which arguments of a call are paths, by its man page. The six arguments
// point to their letters.
func TestPaths(t *testing.T) {
	memory := []byte("a\x00b\x00c\x00d\x00e\x00f\x00")
	var args [6]uint64
	for i := range args {
		args[i] = uint64(uintptr(unsafe.Pointer(&memory[2*i])))
	}
	for paths, calls := range map[string]string{
		"":    "read close clone mmap fchdir",
		"a":   "access acct chdir chmod chown chroot creat execve lchown lstat mkdir mknod open readlink rmdir stat statfs truncate umount2 unlink",
		"b":   "execveat faccessat faccessat2 fchmodat fchmodat2 fchownat mkdirat mknodat newfstatat openat openat2 readlinkat statx unlinkat utimensat",
		"a b": "link mount pivot_root rename symlink",
		"a c": "symlinkat",
		"b d": "linkat renameat renameat2",
	} {
		for name := range strings.FieldsSeq(calls) {
			number, ok := Number(name)
			if !ok {
				continue // arm64 began without it
			}
			if got := NewCall(os.Getpid(), number, args); got.Name != name || strings.Join(got.Paths, " ") != paths {
				t.Errorf("%s has the paths %q, want %q", got.Name, got.Paths, paths)
			}
		}
	}
	runtime.KeepAlive(memory)
}

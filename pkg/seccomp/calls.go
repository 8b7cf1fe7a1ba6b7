package seccomp

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/elastic/go-seccomp-bpf/arch"

	"github.com/how-to-be-a-container/workshop/pkg/nearest"
)

// native is the table of the ABI that this program itself uses.
var native, _ = arch.GetInfo("") // nil where the library has no table: see compile

// The library's table has newfstatat as fstatat, for arm64 alone. The kernel,
// Docker's profile and strace do not, and without the call nothing can start.
func init() {
	const newfstatat = 79
	delete(arch.AARCH64.SyscallNames, "fstatat")
	arch.AARCH64.SyscallNames["newfstatat"] = newfstatat
	arch.AARCH64.SyscallNumbers[newfstatat] = "newfstatat"
}

// tables are those of which the library has the names.
var tables = []*arch.Info{arch.X86_64, arch.I386, arch.X32, arch.AARCH64, arch.ARM}

// Arch is the kernel's name of this architecture, such as "x86_64".
func Arch() string { return native.Name }

// Numbers gives the numbers of the system calls of this architecture, in order.
func Numbers() []int { return slices.Sorted(maps.Keys(native.SyscallNumbers)) }

// Name gives the name of a system call of this architecture, or its number
// where the table has none: it knows those of Linux 6.15.
func Name(number int) string {
	if name, ok := native.SyscallNumbers[number]; ok {
		return name
	}
	return strconv.Itoa(number)
}

// Number gives the number of a system call of this architecture.
func Number(name string) (int, bool) {
	n, ok := native.SyscallNames[name]
	return n, ok
}

// elsewhere tells whether some architecture has a call of that name.
func elsewhere(name string) bool {
	return slices.ContainsFunc(tables, func(t *arch.Info) bool { _, ok := t.SyscallNames[name]; return ok }) ||
		slices.Contains(dockerNames(), name)
}

// unknownCall says that no architecture has that call.
func unknownCall(name string) error {
	hint := nearest.Hint(name, slices.Sorted(maps.Keys(native.SyscallNames)))
	for _, t := range tables {
		if hint == "" {
			hint = nearest.Hint(name, slices.Sorted(maps.Keys(t.SyscallNames)))
		}
	}
	return fmt.Errorf("no system call %q%s; see: syscalls(2)", name, hint)
}

// newerName names what an architecture that began without a call has instead.
var newerName = map[string]string{
	"access": "faccessat", "alarm": "setitimer", "chmod": "fchmodat", "chown": "fchownat",
	"creat": "openat", "dup2": "dup3", "epoll_create": "epoll_create1", "epoll_wait": "epoll_pwait",
	"eventfd": "eventfd2", "fork": "clone", "getdents": "getdents64", "inotify_init": "inotify_init1",
	"lchown": "fchownat", "link": "linkat", "lstat": "newfstatat", "mkdir": "mkdirat",
	"mknod": "mknodat", "open": "openat", "pause": "ppoll", "pipe": "pipe2", "poll": "ppoll",
	"readlink": "readlinkat", "rename": "renameat2", "rmdir": "unlinkat", "select": "pselect6",
	"signalfd": "signalfd4", "stat": "newfstatat", "symlink": "symlinkat", "unlink": "unlinkat",
	"utime": "utimensat", "utimes": "utimensat", "vfork": "clone",
}

// absent says that this architecture does not have that call.
func absent(name string) string {
	text := fmt.Sprintf("%s has no %s", Arch(), name)
	if instead, ok := newerName[name]; ok {
		text += ": use " + instead
	}
	return text
}

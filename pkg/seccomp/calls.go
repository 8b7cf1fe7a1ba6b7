package seccomp

import (
	"fmt"
	"runtime"
	"slices"
	"strconv"
	"sync"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/pkg/nearest"
)

//go:generate sh -c "go run ../../internal/calltable >ztables.go"

// abi is a way into the kernel, with numbers of its own for the system calls.
type abi struct {
	name      string
	auditArch uint32 // AUDIT_ARCH_*, as a filter sees it: linux/audit.h
	calls     []call // in the order of their numbers
}

type call struct {
	name   string
	number int
}

var (
	x8664   = &abi{"x86_64", unix.AUDIT_ARCH_X86_64, x8664Calls}
	i386    = &abi{"i386", unix.AUDIT_ARCH_I386, i386Calls}
	aarch64 = &abi{"aarch64", unix.AUDIT_ARCH_AARCH64, aarch64Calls}
	arm     = &abi{"arm", unix.AUDIT_ARCH_ARM, armCalls}

	abis = []*abi{x8664, i386, aarch64, arm}
)

// abiOf gives the ABI of an AUDIT_ARCH_*, or nil.
func abiOf(auditArch uint32) *abi {
	i := slices.IndexFunc(abis, func(a *abi) bool { return a.auditArch == auditArch })
	if i < 0 {
		return nil
	}
	return abis[i]
}

// native is the ABI that this program itself uses.
var native = map[string]*abi{"amd64": x8664, "arm64": aarch64}[runtime.GOARCH]

// numbers finds the calls of the native ABI by name.
var numbers = sync.OnceValue(func() map[string]int {
	m := make(map[string]int, len(native.calls))
	for _, c := range native.calls {
		m[c.name] = c.number
	}
	return m
})

// Arch is the kernel's name of this architecture, such as "x86_64".
func Arch() string { return native.name }

// Numbers gives the numbers of the system calls of this architecture, in order.
func Numbers() []int {
	var list []int
	for _, c := range native.calls {
		list = append(list, c.number)
	}
	return list
}

// Name gives the name of a system call of this architecture, or its number
// where it is newer than the table, which is golang.org/x/sys's.
func Name(number int) string { return native.nameOf(number) }

// Number gives the number of a system call of this architecture.
func Number(name string) (int, bool) {
	n, ok := numbers()[name]
	return n, ok
}

func (a *abi) nameOf(number int) string {
	i, ok := slices.BinarySearchFunc(a.calls, number, func(c call, n int) int { return c.number - n })
	if !ok {
		return strconv.Itoa(number)
	}
	return a.calls[i].name
}

func (a *abi) names() []string {
	var list []string
	for _, c := range a.calls {
		list = append(list, c.name)
	}
	slices.Sort(list)
	return list
}

// elsewhere tells whether some architecture has a call of that name.
func elsewhere(name string) bool {
	isIt := func(c call) bool { return c.name == name }
	return slices.ContainsFunc(abis, func(a *abi) bool { return slices.ContainsFunc(a.calls, isIt) }) ||
		slices.Contains(dockerNames(), name)
}

// unknownCall says that no architecture has that call.
func unknownCall(name string) error {
	hint := nearest.Hint(name, native.names())
	for _, a := range abis {
		if hint == "" {
			hint = nearest.Hint(name, a.names())
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

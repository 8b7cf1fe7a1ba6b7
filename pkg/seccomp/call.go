package seccomp

import (
	"bytes"
	"fmt"
	"os"
	"strings"
)

// Call is one system call as a filter saw it and a supervisor was told of it.
type Call struct {
	PID    int       `json:"pid"`
	Name   string    `json:"call"`
	Args   [6]uint64 `json:"args"`            // the registers
	Paths  []string  `json:"paths,omitempty"` // what the pointers among them to paths pointed to
	Answer *Answer   `json:"answer,omitempty"`
}

// pathArgs lists which arguments are paths: the man page of each call.
var pathArgs = map[string][]int{
	"access": {0}, "acct": {0}, "chdir": {0}, "chmod": {0}, "chown": {0}, "chroot": {0}, "creat": {0},
	"execve": {0}, "execveat": {1}, "faccessat": {1}, "faccessat2": {1}, "fchmodat": {1}, "fchmodat2": {1},
	"fchownat": {1}, "lchown": {0}, "link": {0, 1}, "linkat": {1, 3}, "lstat": {0}, "mkdir": {0},
	"mkdirat": {1}, "mknod": {0}, "mknodat": {1}, "mount": {0, 1}, "newfstatat": {1}, "open": {0},
	"openat": {1}, "openat2": {1}, "pivot_root": {0, 1}, "readlink": {0}, "readlinkat": {1},
	"rename": {0, 1}, "renameat": {1, 3}, "renameat2": {1, 3}, "rmdir": {0}, "stat": {0}, "statfs": {0},
	"statx": {1}, "symlink": {0, 1}, "symlinkat": {0, 2}, "truncate": {0}, "umount2": {0},
	"unlink": {0}, "unlinkat": {1}, "utimensat": {1},
}

// NewCall describes a call of a process that is stopped in it. Another thread of
// the process may change what the pointers point to: what is read here is for
// the eye, and no ground for a decision (seccomp_unotify(2)).
func NewCall(pid, number int, args [6]uint64) Call {
	c := Call{PID: pid, Name: Name(number), Args: args}
	for _, i := range pathArgs[c.Name] {
		c.Paths = append(c.Paths, readString(pid, args[i]))
	}
	return c
}

// readString reads from the memory of a process: proc_pid_mem(5).
func readString(pid int, address uint64) string {
	f, err := os.Open(fmt.Sprintf("/proc/%d/mem", pid))
	if err != nil {
		return "?"
	}
	defer f.Close()
	buf := make([]byte, 256)
	n, _ := f.ReadAt(buf, int64(address)) // short where the page ends
	text, _, whole := bytes.Cut(buf[:n], []byte{0})
	if !whole {
		return string(text) + "..."
	}
	return string(text)
}

// String formats as `mkdir("/tmp/x")`. A pointer is shown only where it is
// known to be a path.
func (c Call) String() string {
	var quoted []string
	for _, p := range c.Paths {
		quoted = append(quoted, fmt.Sprintf("%q", p))
	}
	text := c.Name + "(" + strings.Join(quoted, ", ") + ")"
	if len(quoted) == 0 {
		text = c.Name
	}
	if c.Answer != nil {
		text += " = " + c.Answer.String()
	}
	return text
}

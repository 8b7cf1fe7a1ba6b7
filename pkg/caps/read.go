package caps

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/pkg/observe"
)

// secbitNoRoot is SECBIT_NOROOT of linux/securebits.h.
const secbitNoRoot = 1

// ReadProcess reads a process through /proc/PID. NoRoot can be read of this
// process alone, with prctl(2): for another one it is taken to be false.
func ReadProcess(pid int) (Process, error) {
	s, err := observe.Take(pid)
	if err != nil {
		return Process{}, err
	}
	p, err := FromSnapshot(s)
	if err == nil && pid == os.Getpid() {
		bits, err := unix.PrctlRetInt(unix.PR_GET_SECUREBITS, 0, 0, 0, 0)
		if err != nil {
			return p, fmt.Errorf("prctl PR_GET_SECUREBITS: %w", err)
		}
		p.NoRoot = bits&secbitNoRoot != 0
	}
	return p, err
}

// FromSnapshot takes what execve(2) looks at from a snapshot, without NoRoot.
func FromSnapshot(s *observe.Snapshot) (Process, error) {
	var p Process
	for field, set := range map[string]*Set{
		"CapInh": &p.Inheritable, "CapPrm": &p.Permitted, "CapEff": &p.Effective,
		"CapBnd": &p.Bounding, "CapAmb": &p.Ambient,
	} {
		mask, err := observe.ParseMask(s.Get(field))
		if err != nil {
			return p, fmt.Errorf("%s of process %d: %w", field, s.PID, err)
		}
		*set = Set(mask)
	}
	p.NoNewPrivs = s.Get("NoNewPrivs") == "1"
	uids, gids := numbers(s.Get("Uid")), numbers(s.Get("Gid"))
	if len(uids) < 2 || len(gids) < 2 {
		return p, fmt.Errorf("process %d has no user IDs to read", s.PID)
	}
	p.UID, p.EUID = uids[0], uids[1] // then the saved and the file system's
	p.Groups = slices.Concat(gids[1:2], numbers(s.Get("Groups")))
	if hasUserNamespace(s) {
		p.RootUID = rootOf(s.UIDMap)
	} // else 0 is root
	return p, nil
}

// hasUserNamespace is false where the kernel was built without any, and so shows
// neither a link nor a uid_map. That of a new one is there, and empty.
func hasUserNamespace(s *observe.Snapshot) bool {
	return s.UIDMap != "" || s.Namespaces["user"].Link != "" || slices.Contains(s.Denied, "ns")
}

// rootOf gives the user ID of the reader that is 0 in the namespace of a
// uid_map: user_namespaces(7).
func rootOf(uidMap string) uint32 {
	for _, line := range strings.Split(uidMap, ",") {
		if n := numbers(line); len(n) == 3 && n[0] == 0 {
			return n[1]
		}
	}
	return ^uint32(0) // nobody is root there
}

func numbers(text string) []uint32 {
	var list []uint32
	for _, field := range strings.Fields(text) {
		n, err := strconv.ParseUint(field, 10, 32)
		if err != nil {
			return nil
		}
		list = append(list, uint32(n))
	}
	return list
}

// ErrNoProgram is the error of a file that is there and cannot be executed by anybody.
var ErrNoProgram = errors.New("is no program")

// maxInterpreters is how deep the kernel follows #!: execve(2).
const maxInterpreters = 5

// ReadFile reads what execve(2) would look at for a process that executes path:
// in the root directory of that process, and for a script of its interpreter.
// The error is that of an execve where there is no such program.
func ReadFile(pid int, path string) (File, error) {
	for depth := 0; ; depth++ {
		f, interpreter, err := readFile(pid, path)
		switch {
		case err != nil:
			return f, err
		case depth > maxInterpreters:
			return File{}, fmt.Errorf("%s: too many interpreters: %w", path, unix.ELOOP)
		case interpreter == "":
			return f, nil
		}
		path = interpreter
	}
}

func readFile(pid int, path string) (f File, interpreter string, err error) {
	fd, err := openIn(pid, path)
	if err != nil {
		return f, "", fmt.Errorf("%s: %w", path, err)
	}
	defer unix.Close(fd)
	// A name for the file as it is, whatever it is called: proc_pid_fd(5).
	name := fmt.Sprintf("/proc/self/fd/%d", fd)
	var st unix.Stat_t
	var fs unix.Statfs_t
	if err := errors.Join(unix.Fstat(fd, &st), unix.Fstatfs(fd, &fs)); err != nil {
		return f, "", fmt.Errorf("%s: %w", path, err)
	}
	if st.Mode&unix.S_IFMT != unix.S_IFREG || st.Mode&0o111 == 0 {
		return f, "", fmt.Errorf("%s %w: %w", path, ErrNoProgram, unix.EACCES)
	}
	if interpreter, err = scriptOf(name); err != nil || interpreter != "" {
		return f, interpreter, err
	}
	f = File{
		Path: path, Owner: st.Uid, Group: st.Gid,
		SetUID: st.Mode&unix.S_ISUID != 0,
		SetGID: st.Mode&unix.S_ISGID != 0 && st.Mode&unix.S_IXGRP != 0,
		Nosuid: fs.Flags&unix.ST_NOSUID != 0,
	}
	if f.Caps, err = Read(name); errors.Is(err, ErrNoCaps) {
		err = nil
	}
	return f, "", err
}

// openIn opens a path as the process would resolve it. RESOLVE_IN_ROOT keeps a
// symbolic link inside its root directory: openat2(2).
func openIn(pid int, path string) (int, error) {
	start, how := "root", &unix.OpenHow{Flags: unix.O_PATH | unix.O_CLOEXEC, Resolve: unix.RESOLVE_IN_ROOT}
	if !strings.HasPrefix(path, "/") {
		start, how.Resolve = "cwd", 0
	}
	dir, err := unix.Open(fmt.Sprintf("/proc/%d/%s", pid, start), unix.O_PATH|unix.O_CLOEXEC, 0)
	if err != nil {
		return -1, err
	}
	defer unix.Close(dir)
	fd := -1
	for range 1000 { // EAGAIN: a mount or a rename, anywhere, while it went up by ".."
		if fd, err = unix.Openat2(dir, path, how); !errors.Is(err, unix.EAGAIN) {
			break
		}
	}
	if errors.Is(err, unix.ENOSYS) {
		return -1, os.NewSyscallError("openat2", err) // which Linux 5.6 brought
	}
	return fd, err
}

// scriptOf gives the interpreter that a script's first line names, or "". To the kernel
// only a space, a tab and a NUL end a name: a return, as Windows ends a line, is of it.
func scriptOf(name string) (string, error) {
	file, err := os.Open(name)
	if err != nil {
		return "", nil // executable, not readable: then it is no script that runs
	}
	defer file.Close()
	line, _ := bufio.NewReaderSize(file, 256).ReadSlice('\n')
	words, found := strings.CutPrefix(strings.TrimSuffix(string(line), "\n"), "#!")
	if !found {
		return "", nil
	}
	words = strings.TrimLeft(words, " \t") + " "
	return words[:strings.IndexAny(words, " \t\x00")], nil
}

package observe

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/internal/errname"
)

// procDir is an open /proc/PID. All reading goes through its descriptor, so it
// is the same process to the end: once that is gone, everything fails with
// ESRCH, even if the kernel gave its pid to another.
type procDir struct {
	fd     int
	pid    int
	path   string
	denied []string
	err    error  // the first failure that is the reader's own
	buf    []byte // what read and readlink read into: a new one for each file costs more than the reading
}

func openProc(proc string, pid int) (*procDir, error) {
	d := &procDir{pid: pid, path: filepath.Join(proc, strconv.Itoa(pid)), buf: make([]byte, unix.PathMax)}
	if pid <= 0 {
		return nil, fmt.Errorf("observe process %d: %w: a process id is 1 or more", pid, errname.Named(unix.EINVAL))
	}
	var fs unix.Statfs_t
	if err := unix.Statfs(proc, &fs); err != nil {
		return nil, d.noProc(proc, err)
	}
	if fs.Type != unix.PROC_SUPER_MAGIC {
		return nil, d.noProc(proc, unix.ENOENT)
	}
	var err error
	d.fd, err = unix.Open(d.path, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err == unix.ENOENT {
		return nil, d.gone()
	}
	if err != nil {
		return nil, d.fail("open", "", err)
	}
	return d, nil
}

func (d *procDir) close() { unix.Close(d.fd) }

// read gives the content of a file, or nil: note tells what that may mean. The
// next read overwrites it.
func (d *procDir) read(name string) []byte {
	fd, err := unix.Openat(d.fd, name, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		d.note(name, err)
		return nil
	}
	defer unix.Close(fd)
	for length := 0; ; {
		n, err := unix.Read(fd, d.buf[length:])
		switch {
		case err == unix.EINTR:
			continue
		case err != nil:
			d.note(name, err)
			return nil
		case n == 0:
			return d.buf[:length]
		}
		if length += n; length == len(d.buf) {
			d.buf = append(d.buf, make([]byte, length)...)
		}
	}
}

func (d *procDir) readlink(name string) string {
	n, err := unix.Readlinkat(d.fd, name, d.buf)
	if err == nil && n == 0 { // no link is empty: so Linux 5.10 refuses those of ns
		err = unix.EACCES
	}
	if err != nil {
		d.note(name, err)
		return ""
	}
	return string(d.buf[:n])
}

// list gives the names in a directory: numbers in their order, then the rest.
func (d *procDir) list(name string) []string {
	fd, err := unix.Openat(d.fd, name, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		d.note(name, err)
		return nil
	}
	defer unix.Close(fd)
	var names []string
	for {
		n, err := unix.ReadDirent(fd, d.buf)
		if err != nil {
			d.note(name, err)
		}
		if n <= 0 {
			break
		}
		_, _, names = unix.ParseDirent(d.buf[:n], -1, names)
	}
	slices.SortFunc(names, func(a, b string) int {
		x, _ := strconv.Atoi(a)
		y, _ := strconv.Atoi(b)
		return x - y
	})
	return names
}

// note judges a failed read. The kernel refuses some files to some readers; for
// want of descriptors or memory the reader fails, which must not look like an
// empty file; with any other errno the kernel has nothing to tell.
func (d *procDir) note(name string, err error) {
	top, _, _ := strings.Cut(name, "/")
	switch {
	case errors.Is(err, unix.EACCES), errors.Is(err, unix.EPERM):
		if !slices.Contains(d.denied, top) {
			d.denied = append(d.denied, top)
		}
	case d.err == nil && isShortage(err):
		d.err = d.fail("read", name, err)
	}
}

func isShortage(err error) bool {
	return errors.Is(err, unix.EMFILE) || errors.Is(err, unix.ENFILE) || errors.Is(err, unix.ENOMEM)
}

// result gives the error of the whole reading. Status can be read by everyone
// while the process is there, so without it the process is gone.
func (d *procDir) result(hasStatus bool) error {
	if d.err != nil {
		return d.err
	}
	if !hasStatus {
		return d.gone()
	}
	return nil
}

func (d *procDir) gone() error {
	return fmt.Errorf("observe process %d: %w: it has ended, or a /proc with hidepid does not show it: see ps -e",
		d.pid, errname.Named(unix.ESRCH))
}

func (d *procDir) noProc(proc string, err error) error {
	return fmt.Errorf("observe process %d: no proc filesystem on %s: %w: mount it with: mount -t proc proc /proc",
		d.pid, proc, errname.Named(err))
}

func (d *procDir) fail(op, name string, err error) error {
	return fmt.Errorf("observe process %d: %s %s: %w", d.pid, op, filepath.Join(d.path, name), errname.Named(err))
}

package seccomp

import (
	"errors"
	"fmt"
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Listener is where the calls of notify rules arrive: seccomp_unotify(2).
type Listener struct{ file *os.File }

// listenerLink is what /proc/PID/fd calls the descriptor.
const listenerLink = "anon_inode:seccomp notify"

// Listen takes the listener of a process that has installed a filter with one,
// out of its descriptors: pidfd_getfd(2). The process need not do anything,
// which its own filter might forbid. Whoever takes it must Serve: calls wait for an
// answer, and nothing else closes the listener.
func Listen(pid int) (*Listener, error) {
	fd, err := findListener(pid)
	if err != nil {
		return nil, err
	}
	pidfd, err := unix.PidfdOpen(pid, 0)
	if err != nil {
		return nil, fmt.Errorf("process %d: %w", pid, os.NewSyscallError("pidfd_open", err))
	}
	defer unix.Close(pidfd)
	own, err := unix.PidfdGetfd(pidfd, fd, 0)
	if err != nil {
		return nil, fmt.Errorf("descriptor %d of process %d: %w", fd, pid, os.NewSyscallError("pidfd_getfd", err))
	}
	return &Listener{os.NewFile(uintptr(own), "seccomp listener")}, nil
}

func findListener(pid int) (int, error) {
	dir := fmt.Sprintf("/proc/%d/fd", pid)
	entries, err := os.ReadDir(dir)
	if err != nil {
		return 0, err
	}
	for _, e := range entries {
		link, _ := os.Readlink(dir + "/" + e.Name())
		var fd int
		if _, err := fmt.Sscan(e.Name(), &fd); err == nil && link == listenerLink {
			return fd, nil
		}
	}
	return 0, fmt.Errorf("%s: no %q among them", dir, listenerLink)
}

// notification is struct seccomp_notif, and response struct seccomp_notif_resp.
type notification struct {
	id         uint64
	pid, flags uint32
	number     int32
	arch       uint32
	ip         uint64
	args       [6]uint64
}

type response struct {
	id    uint64
	value int64
	errno int32
	flags uint32
}

// Serve answers the calls until no process with the filter is left, and tells of
// each one after it was answered: told must not be nil. At its end, also by an error,
// the listener is closed, and what is called then fails with ENOSYS.
func (l *Listener) Serve(answers map[string]Answer, told func(Call)) error {
	defer l.file.Close()
	fds := []unix.PollFd{{Fd: int32(l.file.Fd()), Events: unix.POLLIN}}
	for {
		_, err := unix.Poll(fds, -1)
		switch {
		case errors.Is(err, unix.EINTR):
		case err != nil:
			return fmt.Errorf("poll the seccomp listener: %w", err)
		case fds[0].Revents&unix.POLLIN != 0:
			if err := l.serveOne(answers, told); err != nil {
				return err
			}
		default: // POLLHUP
			return nil
		}
	}
}

func (l *Listener) serveOne(answers map[string]Answer, told func(Call)) error {
	var n notification // the kernel wants it zeroed
	if err := l.ioctl(unix.SECCOMP_IOCTL_NOTIF_RECV, unsafe.Pointer(&n)); err != nil {
		return ignoreGone("SECCOMP_IOCTL_NOTIF_RECV", err)
	}
	call := NewCall(int(n.pid), int(n.number), n.args)
	// The process may have died meanwhile and its PID be somebody else's: then
	// what was read is not what was asked.
	if err := l.ioctl(unix.SECCOMP_IOCTL_NOTIF_ID_VALID, unsafe.Pointer(&n.id)); err != nil {
		return ignoreGone("SECCOMP_IOCTL_NOTIF_ID_VALID", err)
	}
	answer := answers[call.Name]
	r := response{id: n.id, value: answer.Value, errno: -int32(answer.Errno)}
	if answer.Continue {
		r.flags = unix.SECCOMP_USER_NOTIF_FLAG_CONTINUE
	}
	if err := l.ioctl(unix.SECCOMP_IOCTL_NOTIF_SEND, unsafe.Pointer(&r)); err != nil {
		return ignoreGone("SECCOMP_IOCTL_NOTIF_SEND", err)
	}
	call.Answer = &answer
	told(call)
	return nil
}

// ignoreGone: a process that a signal took out of its call waits for no answer.
func ignoreGone(op string, err error) error {
	if errors.Is(err, unix.ENOENT) || errors.Is(err, unix.EINTR) {
		return nil
	}
	return fmt.Errorf("ioctl(%s): %w", op, err)
}

func (l *Listener) ioctl(request uintptr, arg unsafe.Pointer) error {
	_, _, errno := unix.Syscall(unix.SYS_IOCTL, l.file.Fd(), request, uintptr(arg))
	if errno != 0 {
		return errno
	}
	return nil
}

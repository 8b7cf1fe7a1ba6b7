package audit

import (
	"errors"
	"os"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// hears gives a listener, of netlink messages that are no audit records, and what
// sends it some.
func hears(t *testing.T) (*Listener, func()) {
	t.Helper()
	const group = 1
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, unix.NETLINK_USERSOCK)
	if err != nil {
		t.Fatal(err)
	}
	l := &Listener{os.NewFile(uintptr(fd), "listener")}
	t.Cleanup(func() { _ = l.Close() })
	from, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_USERSOCK)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Close(from) })
	err = errors.Join(
		unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF, 0), // the least that there is
		unix.Bind(fd, &unix.SockaddrNetlink{Family: unix.AF_NETLINK, Groups: group}))
	if err != nil {
		t.Fatal(err)
	}
	message := make([]byte, unix.SizeofNlMsghdr)
	return l, func() { // an error says that the kernel itself does not listen, or that it is full
		_ = unix.Sendto(from, message, 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK, Groups: group})
	}
}

func never(Record) bool { return false }

// TestUntilEnds: whoever always has something to say cannot keep us listening.
func TestUntilEnds(t *testing.T) {
	l, send := hears(t)
	stop := make(chan struct{})
	defer close(stop)
	go func() {
		for {
			select {
			case <-stop:
				return
			case <-time.After(10 * time.Millisecond):
				send()
			}
		}
	}()
	begin, heard := time.Now(), 0
	err := l.until(time.Second, 300*time.Millisecond, func(Record) bool {
		heard++
		return time.Since(begin) > 5*time.Second
	})
	if took := time.Since(begin); err != nil || heard == 0 || took > 3*time.Second {
		t.Errorf("%d records in %v, %v", heard, took, err)
	}
}

// TestLost: what the kernel dropped is told, and what comes after it is heard.
func TestLost(t *testing.T) {
	l, send := hears(t)
	for range 1000 {
		send()
	}
	heard := 0
	err := l.until(100*time.Millisecond, 5*time.Second, func(Record) bool { heard++; return false })
	if !errors.Is(err, ErrLost) || !errors.Is(err, unix.ENOBUFS) || heard == 0 {
		t.Errorf("%d records, %v", heard, err)
	}
	send()
	if err := l.until(100*time.Millisecond, 5*time.Second, never); err != nil {
		t.Errorf("it is told twice: %v", err)
	}
}

package audit

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/internal/testenv"
)

// TestRecord: the kernel ends some texts with NULs, which are none of the text.
func TestRecord(t *testing.T) {
	l, _ := hears(t)
	from, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_USERSOCK)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(from)
	for end, want := range map[string]string{"pid=7": "pid=7", "pid=7\x00": "pid=7", "pid=7\x00\x00\x00": "pid=7", "a\x00b\x00": "a\x00b"} {
		begin := fmt.Sprintf("audit(%d:%d): ", os.Getpid(), len(end)) // others may speak to the group too
		header := make([]byte, unix.SizeofNlMsghdr)
		binary.NativeEndian.PutUint16(header[4:], Seccomp)
		message := slices.Concat(header, []byte(begin+end))
		var heard Record
		testenv.Eventually(t, 10*time.Second, "it is heard", func() bool {
			_ = unix.Sendto(from, message, 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK, Groups: 1})
			is := func(r Record) bool { heard = r; return strings.HasPrefix(r.Text, begin) }
			return l.Until(time.Second, is) == nil && is(heard)
		})
		if heard != (Record{Seccomp, begin + want}) {
			t.Errorf("%q: %+v", end, heard)
		}
	}
}

// TestLostBeforeLast: that some are missing is told, also where the last one comes.
func TestLostBeforeLast(t *testing.T) {
	l, send := hears(t)
	for range 1000 {
		send()
	}
	heard := 0
	err := l.until(time.Second, 5*time.Second, func(Record) bool { heard++; return true })
	if !errors.Is(err, ErrLost) || heard != 1 {
		t.Errorf("%d records, %v", heard, err)
	}
}

func TestClose(t *testing.T) {
	l, _ := hears(t)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); !errors.Is(err, os.ErrClosed) {
		t.Errorf("it was not closed: %v", err)
	}
}

// Package audit hears the kernel's audit records as they are written, whether or
// not auditd(8) runs. See netlink(7) and the kernel's linux/audit.h.
package audit

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// readlog is AUDIT_NLGRP_READLOG: a copy of every audit record. Unlike the
// kernel's log it drops none after ten within five seconds (printk_ratelimit in
// proc(5)).
const readlog = 1

// Log is where auditd(8), if it runs, writes the records.
const Log = "/var/log/audit/audit.log"

// Seccomp is the type of the records of seccomp(2).
const Seccomp = unix.AUDIT_SECCOMP

// ErrLost means that records came faster than they were read: the kernel drops them.
var ErrLost = errors.New("some audit records were lost; dmesg may have them")

// Record is one audit record.
type Record struct {
	Type int
	Text string // "audit(TIME:SERIAL): key=value key=value"
}

// Value is a text of a record as it was before: the kernel quotes it, and writes one that
// holds a blank, a quote or a control character in hexadecimal. It may move a terminal.
func Value(text string) string {
	if strings.HasPrefix(text, `"`) {
		return strings.Trim(text, `"`)
	}
	if b, err := hex.DecodeString(text); err == nil {
		return string(b)
	}
	return text
}

// Listener hears the records.
type Listener struct{ socket *os.File }

// Listen begins to listen. It takes CAP_AUDIT_READ, the host's network namespace
// and a kernel that was not booted with audit=0.
func Listen() (*Listener, error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, unix.NETLINK_AUDIT)
	if err != nil {
		return nil, fmt.Errorf("socket NETLINK_AUDIT: %w", err)
	}
	if err := unix.Bind(fd, &unix.SockaddrNetlink{Family: unix.AF_NETLINK, Groups: 1 << (readlog - 1)}); err != nil {
		unix.Close(fd)
		return nil, fmt.Errorf("bind to the group of audit records: %w", err)
	}
	return &Listener{os.NewFile(uintptr(fd), "audit")}, nil
}

// Next gives the next record. After wait without one the error is
// os.ErrDeadlineExceeded: records come a little after what they tell. After ErrLost
// there can be more.
func (l *Listener) Next(wait time.Duration) (Record, error) {
	buf := make([]byte, 16<<10)
	for {
		if err := l.socket.SetReadDeadline(time.Now().Add(wait)); err != nil {
			return Record{}, err
		}
		n, err := l.socket.Read(buf)
		switch {
		case errors.Is(err, unix.ENOBUFS):
			return Record{}, fmt.Errorf("%w: %w", ErrLost, err)
		case err != nil:
			return Record{}, err
		case n >= unix.SizeofNlMsghdr:
			return Record{
				Type: int(binary.NativeEndian.Uint16(buf[4:])), // struct nlmsghdr
				Text: strings.TrimRight(string(buf[unix.SizeofNlMsghdr:n]), "\x00"),
			}, nil
		}
	}
}

// longest is how long Until listens: records of all the machine come, on some without
// an end.
const longest = 5 * time.Second

// Until hands on the records until one is the last, none comes for that long, or five
// seconds are over. The error is ErrLost where some are missing among them.
func (l *Listener) Until(wait time.Duration, last func(Record) bool) error {
	return l.until(wait, longest, last)
}

func (l *Listener) until(wait, longest time.Duration, last func(Record) bool) (lost error) {
	end := time.Now().Add(longest)
	for {
		record, err := l.Next(min(wait, time.Until(end)))
		switch {
		case errors.Is(err, os.ErrDeadlineExceeded):
			return lost
		case errors.Is(err, ErrLost):
			lost = err
		case err != nil:
			return errors.Join(lost, err)
		case last(record):
			return lost
		}
	}
}

// Close ends it.
func (l *Listener) Close() error { return l.socket.Close() }

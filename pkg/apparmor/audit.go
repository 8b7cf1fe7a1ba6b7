package apparmor

import (
	"bufio"
	"errors"
	"io"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/pkg/audit"
)

// Record is one audit record of AppArmor.
type Record struct {
	Verdict   string            `json:"verdict"` // DENIED, ALLOWED (by complain mode), AUDIT, STATUS, ...
	Operation string            `json:"operation"`
	Profile   string            `json:"profile"`
	Name      string            `json:"name,omitempty"` // the object: a path, a capability, a socket family
	Comm      string            `json:"comm,omitempty"`
	PID       int               `json:"pid,omitempty"`
	Denied    string            `json:"denied,omitempty"` // the letters of apparmor.d(5)
	Info      string            `json:"info,omitempty"`
	Fields    map[string]string `json:"fields"` // all that the record says
}

// field is one key=value: a word, or text in quotes.
var field = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`([a-z_]+)=("[^"]*"|\S+)`)
})

// ParseRecord reads a line of the kernel's or of auditd's log. It is false where
// the line is no record of AppArmor.
func ParseRecord(line string) (Record, bool) {
	_, text, ok := strings.Cut(line, "apparmor=")
	if !ok {
		return Record{}, false
	}
	all := make(map[string]string)
	for _, m := range field().FindAllStringSubmatch("apparmor="+text, -1) {
		all[m[1]] = value(m[1], m[2])
	}
	r := Record{
		Verdict: all["apparmor"], Operation: all["operation"], Profile: all["profile"],
		Name: all["name"], Comm: all["comm"], Denied: all["denied_mask"], Info: all["info"], Fields: all,
	}
	r.PID, _ = strconv.Atoi(all["pid"])
	if r.Denied == "" { // what complain mode let through was only requested
		r.Denied = all["requested_mask"]
	}
	return r, r.Verdict != "" && r.Operation != ""
}

// value takes the quotes off, and of a text what the kernel has put in their place.
func value(key, s string) string {
	switch key {
	case "name", "comm", "profile", "target", "srcname":
		return audit.Value(s)
	}
	return strings.Trim(s, `"`)
}

// Records gives what is in auditd's log and in the kernel's of the profiles whose
// name begins with prefix, the oldest first. Where auditd runs it takes them all;
// else the kernel's log has them, at most ten within five seconds.
func Records(prefix string) ([]Record, error) {
	kernel, err := kernelLog()
	if err != nil {
		return nil, err
	}
	auditd, err := auditLog(audit.Log, prefix)
	if err != nil {
		return nil, err
	}
	var list []Record
	for _, line := range append(auditd, kernel...) {
		r, ok := ParseRecord(line)
		if ok && strings.HasPrefix(r.Profile, prefix) {
			list = append(list, r)
		}
	}
	return list, nil
}

// kernelLog reads the ring buffer: one record with each read(2), until EAGAIN.
// See the kernel's Documentation/ABI/testing/dev-kmsg.
func kernelLog() ([]string, error) {
	const name = "/dev/kmsg"
	fd, err := unix.Open(name, unix.O_RDONLY|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, &os.PathError{Op: "open", Path: name, Err: err}
	}
	defer unix.Close(fd)
	var lines []string
	buf := make([]byte, 8192)
	for {
		n, err := unix.Read(fd, buf)
		switch {
		case errors.Is(err, unix.EAGAIN):
			return lines, nil
		case errors.Is(err, unix.EPIPE), errors.Is(err, unix.EINTR):
			// EPIPE: the record was overwritten before we came.
		case err != nil:
			return nil, &os.PathError{Op: "read", Path: name, Err: err}
		default:
			lines = append(lines, string(buf[:n]))
		}
	}
}

// auditLog gives the lines of auditd's log that have the text in them.
func auditLog(file, text string) ([]string, error) {
	f, err := os.Open(file)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil // no auditd
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var lines []string
	r := bufio.NewReader(f)
	for {
		line, err := r.ReadString('\n')
		if strings.Contains(line, text) {
			lines = append(lines, line)
		}
		if errors.Is(err, io.EOF) {
			return lines, nil
		}
		if err != nil {
			return nil, err
		}
	}
}

package cgroup

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// NoLimit is the Max of a group whose pids.max reads "max".
const NoLimit = -1

// Pids is what the pids controller says of a group and all below it. See the
// kernel's Documentation/admin-guide/cgroup-v1/pids.rst and cgroup-v2.rst.
type Pids struct {
	Current int   `json:"current"` // pids.current: processes and their threads
	Max     int   `json:"max"`     // pids.max, or NoLimit
	Refused int64 `json:"refused"` // pids.events "max": forks that failed with EAGAIN
}

// ReadPids reads them. The root group has none of these files: there is
// nothing to limit it by.
func ReadPids(dir string) (p Pids, err error) {
	if p.Current, err = readNumber(filepath.Join(dir, "pids.current")); err != nil {
		return p, err
	}
	if p.Max, err = readNumber(filepath.Join(dir, "pids.max")); err != nil {
		return p, err
	}
	events, err := Read(filepath.Join(dir, "pids.events"))
	if err != nil {
		return p, err
	}
	for _, line := range strings.Split(events, "\n") {
		if n, ok := strings.CutPrefix(line, "max "); ok {
			p.Refused, err = strconv.ParseInt(n, 10, 64)
		}
	}
	return p, err
}

// Limit is Max as the kernel writes it.
func (p Pids) Limit() string {
	if p.Max == NoLimit {
		return "max"
	}
	return strconv.Itoa(p.Max)
}

func readNumber(file string) (int, error) {
	s, err := Read(file)
	if err != nil {
		return 0, err
	}
	if s == "max" {
		return NoLimit, nil
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0, &os.PathError{Op: "read", Path: file, Err: fmt.Errorf("%q is not a number: %w", s, err)}
	}
	return n, nil
}

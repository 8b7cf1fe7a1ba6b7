package cgroup

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Membership is one line of /proc/PID/cgroup: the group of a process in one
// hierarchy.
type Membership struct {
	Hierarchy   int      `json:"hierarchy"`             // 0 is version 2
	Controllers []string `json:"controllers,omitempty"` // of version 1, or "name=systemd"
	Path        string   `json:"path"`                  // as our cgroup namespace sees it
}

// Memberships says in which group a process is, in each hierarchy; see cgroups(7).
func Memberships(pid int) ([]Membership, error) {
	text, err := Read(fmt.Sprintf("/proc/%d/cgroup", pid))
	if err != nil {
		return nil, err
	}
	list, err := ParseMemberships(text)
	if err != nil {
		return nil, fmt.Errorf("parse /proc/%d/cgroup: %w", pid, err)
	}
	return list, nil
}

// ParseMemberships reads lines such as "4:cpu,cpuacct:/user/x".
func ParseMemberships(text string) (list []Membership, err error) {
	for line := range strings.Lines(text) {
		parts := strings.SplitN(strings.TrimSuffix(line, "\n"), ":", 3)
		if len(parts) != 3 {
			continue
		}
		m := Membership{Path: parts[2]}
		if m.Hierarchy, err = strconv.Atoi(parts[0]); err != nil {
			return nil, err
		}
		if parts[1] != "" {
			m.Controllers = strings.Split(parts[1], ",")
		}
		list = append(list, m)
	}
	return list, nil
}

// Of gives the directory of the group that a process is in, in the tree of the
// controller, as the kernel says.
func Of(pid int, controller string) (string, error) {
	tree, err := Find(controller)
	if err != nil {
		return "", err
	}
	return tree.Of(pid, controller)
}

// Within tells whether a directory is that of a group, or of one below it.
func Within(dir, group string) bool { return strings.HasPrefix(dir+"/", group+"/") }

// Of gives the directory of the group that a process is in, in this tree of the
// controller.
func (t Tree) Of(pid int, controller string) (string, error) {
	list, err := Memberships(pid)
	if err != nil {
		return "", err
	}
	for _, m := range list {
		if slices.Contains(m.Controllers, controller) || (t.Version == 2 && m.Hierarchy == 0) {
			return t.dir(m.Path)
		}
	}
	return "", fmt.Errorf("process %d is in no group of %s: %w", pid, controller, os.ErrNotExist)
}

// dir finds a group's directory in the mounted tree, of which only a part may
// be mounted.
func (t Tree) dir(path string) (string, error) {
	below, err := filepath.Rel(t.Root, path)
	if err != nil || below == ".." || strings.HasPrefix(below, "../") {
		return "", fmt.Errorf("the group %s is outside of what is mounted at %s: %w", path, t.Mount, os.ErrNotExist)
	}
	return filepath.Join(t.Mount, below), nil
}

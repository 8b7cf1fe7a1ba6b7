package cgroup

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/moby/sys/mountinfo"
)

// The worlds; see cgroups(7).
const (
	WorldV2     = "v2"     // one tree with all controllers
	WorldHybrid = "hybrid" // controllers on version 1, and a version 2 tree beside them
	WorldV1     = "v1"     // a tree for each controller or for a few
	WorldNone   = "none"   // no cgroup tree is mounted
)

// Mount is one mounted hierarchy.
type Mount struct {
	Version     int      `json:"version"`
	At          string   `json:"at"`
	Controllers []string `json:"controllers"` // "name=systemd" is a hierarchy without any
	ReadOnly    bool     `json:"read_only"`
	Group       string   `json:"group"` // where the process is in it
}

// Controller is one resource controller of this kernel.
type Controller struct {
	Name    string `json:"name"`
	Enabled bool   `json:"enabled"`           // false: switched off with cgroup_disable=
	Version int    `json:"version,omitempty"` // of the tree that has it; 0: none that is mounted
	Mount   string `json:"mount,omitempty"`
	Group   string `json:"group,omitempty"` // where the process is in it
}

// Survey is what this kernel has, and where one process is in it.
type Survey struct {
	PID         int          `json:"pid"`
	World       string       `json:"world"`
	Mounts      []Mount      `json:"mounts"`
	Controllers []Controller `json:"controllers"`
}

// Look surveys the cgroups of this machine for a process.
func Look(pid int) (Survey, error) {
	s := Survey{PID: pid}
	members, err := Memberships(pid)
	if err != nil {
		return s, err
	}
	infos, err := mounted()
	if err != nil {
		return s, err
	}
	if s.Controllers, err = procCgroups(); err != nil {
		return s, err
	}
	for _, info := range infos {
		s.Mounts = append(s.Mounts, mountOf(info, members, s.Controllers))
	}
	s.World = worldOf(s.Mounts)
	s.Controllers = placed(s.Controllers, s.Mounts)
	return s, nil
}

func mountOf(info *mountinfo.Info, members []Membership, known []Controller) Mount {
	m := Mount{Version: 2, At: info.Mountpoint, ReadOnly: readOnly(info)}
	if info.FSType == "cgroup" {
		m.Version = 1
		m.Controllers = v1Controllers(info.VFSOptions, known)
	} else {
		words, _ := Read(filepath.Join(info.Mountpoint, "cgroup.controllers"))
		m.Controllers = strings.Fields(words)
	}
	for _, member := range members {
		same := slices.Equal(sorted(member.Controllers), sorted(m.Controllers))
		if (m.Version == 2 && member.Hierarchy == 0) || (m.Version == 1 && same) {
			m.Group = member.Path
		}
	}
	return m
}

func sorted(words []string) []string { return slices.Sorted(slices.Values(words)) }

// v1Controllers leaves out the mount options that name no controller, such as
// "seclabel" and "cpuset_v2_mode": of those each kernel has its own.
func v1Controllers(options string, known []Controller) []string {
	return slices.DeleteFunc(strings.Split(options, ","), func(o string) bool {
		return indexOf(known, o) < 0 && !strings.HasPrefix(o, "name=")
	})
}

func indexOf(list []Controller, name string) int {
	return slices.IndexFunc(list, func(c Controller) bool { return c.Name == name })
}

func readOnly(info *mountinfo.Info) bool {
	return slices.Contains(strings.Split(info.Options+","+info.VFSOptions, ","), "ro")
}

func worldOf(mounts []Mount) string {
	one := slices.ContainsFunc(mounts, func(m Mount) bool { return m.Version == 1 })
	two := slices.ContainsFunc(mounts, func(m Mount) bool { return m.Version == 2 })
	switch {
	case one && two:
		return WorldHybrid
	case two:
		return WorldV2
	case one:
		return WorldV1
	}
	return WorldNone
}

// placed lists what the kernel has, and where: /proc/cgroups names the controllers of
// version 1, and the trees name their own.
func placed(list []Controller, mounts []Mount) []Controller {
	for _, m := range mounts {
		for _, name := range m.Controllers {
			if strings.HasPrefix(name, "name=") {
				continue
			}
			i := indexOf(list, alias(name))
			if i < 0 {
				list = append(list, Controller{Name: name, Enabled: true})
				i = len(list) - 1
			}
			list[i].Version, list[i].Mount, list[i].Group = m.Version, m.At, m.Group
		}
	}
	return list
}

// alias gives version 1's name of a controller that version 2 calls otherwise.
func alias(name string) string {
	if name == "io" {
		return "blkio"
	}
	return name
}

// procCgroups reads /proc/cgroups, which a kernel without version 1 may lack.
func procCgroups() ([]Controller, error) {
	text, err := Read("/proc/cgroups")
	if os.IsNotExist(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return parseCgroups(text)
}

// parseCgroups reads the lines "name hierarchy groups enabled".
func parseCgroups(text string) ([]Controller, error) {
	var list []Controller
	for _, line := range strings.Split(text, "\n") {
		f := strings.Fields(line)
		if len(f) != 4 || f[0] == "#subsys_name" {
			continue
		}
		on, err := strconv.Atoi(f[3])
		if err != nil {
			return nil, fmt.Errorf("read /proc/cgroups: %w", err)
		}
		list = append(list, Controller{Name: f[0], Enabled: on == 1})
	}
	return list, nil
}

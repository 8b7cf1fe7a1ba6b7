package rootfs

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/moby/sys/mountinfo"
	"golang.org/x/sys/unix"
)

// inUse is an error that names who uses the directory: a process whose root or
// working directory is in it, or a mount on it or of it, in the mount namespace
// of any process. It sees what proc(5) shows; a process that ends meanwhile
// uses nothing.
func inUse(dir string) error {
	self, err := locate(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	} else if err != nil {
		return err
	}
	pids, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, proc := range pids {
		how := livesIn(proc, dir)
		ns, err := os.Readlink(proc + "/ns/mnt")
		if how == "" && err == nil && !seen[ns] {
			seen[ns] = true
			how = mounts(proc, dir, self)
		}
		if how != "" {
			return fmt.Errorf("it is in use: %s; end it first", how)
		}
	}
	return nil
}

// livesIn says which of a process's directories is dir or below it.
func livesIn(proc, dir string) string {
	for name, what := range map[string]string{"root": "root", "cwd": "working directory"} {
		if at, err := os.Readlink(proc + "/" + name); err == nil && below(at, dir) {
			return fmt.Sprintf("%s is the %s of process %s", at, what, describe(proc))
		}
	}
	return ""
}

// mounts says which mount that the process sees is on dir, or shows it.
func mounts(proc, dir string, self location) string {
	f, err := os.Open(proc + "/mountinfo")
	if err != nil {
		return ""
	}
	defer f.Close()
	infos, err := mountinfo.GetMountsFromReader(f, nil)
	if err != nil {
		return ""
	}
	for _, m := range infos {
		if below(m.Mountpoint, dir) || self.shownBy(m) || layerOf(m, dir) {
			return fmt.Sprintf("mount %s (%s) in the mount namespace of process %s", m.Mountpoint, m.FSType, describe(proc))
		}
	}
	return ""
}

// layerOf tells whether the directory is a layer of the overlay mount.
func layerOf(m *mountinfo.Info, dir string) bool {
	if m.FSType != "overlay" {
		return false
	}
	for _, option := range strings.Split(m.VFSOptions, ",") {
		_, value, _ := strings.Cut(option, "=")
		for _, layer := range layers(value) {
			if below(layer, dir) {
				return true
			}
		}
	}
	return false
}

// layers are the directories of an option, as the kernel writes it: mountinfo has blanks,
// commas and backslashes in octal, and before that overlay has a backslash before a
// colon, a comma and a backslash.
func layers(value string) []string {
	var list []string
	var layer []byte
	value = withoutOctal(value)
	for i := 0; i < len(value); i++ {
		switch {
		case value[i] == ':':
			list, layer = append(list, string(layer)), nil
			continue
		case value[i] == '\\' && i+1 < len(value):
			i++
		}
		layer = append(layer, value[i])
	}
	return append(list, string(layer))
}

func withoutOctal(value string) string {
	var b []byte
	for ; value != ""; value = value[1:] {
		c := value[0]
		if c == '\\' && len(value) > 3 {
			if n, err := strconv.ParseUint(value[1:4], 8, 8); err == nil {
				c, value = byte(n), value[3:]
			}
		}
		b = append(b, c)
	}
	return string(b)
}

// location is a directory as mountinfo names it: its device, and the path from
// the root of that file system.
type location struct {
	major, minor int
	path         string
}

// shownBy tells whether the mount has the location, or what is in it, as root.
func (l location) shownBy(m *mountinfo.Info) bool {
	return m.Major == l.major && m.Minor == l.minor && below(m.Root, l.path)
}

// locate finds the location of a directory.
func locate(dir string) (location, error) {
	var st unix.Stat_t
	if err := unix.Lstat(dir, &st); err != nil {
		return location{}, fmt.Errorf("stat %s: %w", dir, err)
	}
	infos, err := mountinfo.GetMounts(mountinfo.ParentsFilter(dir))
	if err != nil {
		return location{}, err
	}
	var l location
	longest := -1
	for _, m := range infos { // the last of the longest lies on top
		if len(m.Mountpoint) >= longest {
			longest = len(m.Mountpoint)
			rest := strings.TrimPrefix(dir, m.Mountpoint)
			l = location{m.Major, m.Minor, filepath.Join(m.Root, rest)}
		}
	}
	return l, nil
}

// below tells whether path is dir or in it.
func below(path, dir string) bool {
	return path == dir || strings.HasPrefix(path, strings.TrimSuffix(dir, "/")+"/")
}

// describe is "123 (sh)".
func describe(proc string) string {
	comm, _ := os.ReadFile(proc + "/comm")
	return fmt.Sprintf("%s (%s)", filepath.Base(proc), strings.TrimSpace(string(comm)))
}

package observe

import (
	"fmt"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/pkg/cgroup"
)

// Snapshot is what /proc tells of one process at one moment. As JSON it is all
// there, but for bytes that are no UTF-8: a path or an argument may hold some, and
// each becomes U+FFFD.
type Snapshot struct {
	PID         int                  `json:"pid"`
	Status      []Field              `json:"status"`                 // the lines of /proc/PID/status, in the kernel's order
	Namespaces  map[string]Namespace `json:"namespaces,omitempty"`   // by the names in /proc/PID/ns: "pid", "pid_for_children", ...
	Root        Link                 `json:"root"`                   // what / is for the process
	Cwd         Link                 `json:"cwd"`                    // its working directory
	Exe         Link                 `json:"exe"`                    // the program that it executes
	Cmdline     []string             `json:"cmdline,omitempty"`      // its argv, which it can overwrite
	Cgroups     []Cgroup             `json:"cgroups,omitempty"`      // one for each hierarchy
	Mounts      []Mount              `json:"mounts,omitempty"`       // the mounts below its root
	Label       string               `json:"label,omitempty"`        // its LSM label; "" where no LSM gives one
	FDs         []FD                 `json:"fds,omitempty"`          // its open descriptors, in order
	Maps        Maps                 `json:"maps"`                   // what is mapped into its memory
	UIDMap      string               `json:"uid_map,omitempty"`      // user_namespaces(7), as in the file, lines joined by ", "
	GIDMap      string               `json:"gid_map,omitempty"`      // user_namespaces(7), likewise
	TimeOffsets string               `json:"time_offsets,omitempty"` // time_namespaces(7): seconds and nanoseconds of each clock
	Limits      []Limit              `json:"limits,omitempty"`       // getrlimit(2)
	LastCap     int                  `json:"last_cap,omitempty"`     // the kernel's highest capability number; 0 where unknown
	Denied      []string             `json:"denied,omitempty"`       // files and directories of /proc/PID of which this reader may not read all
}

// Field is one line of /proc/PID/status: the name before the colon and the
// rest, trimmed, otherwise as the kernel wrote it.
type Field struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Namespace is one link of /proc/PID/ns: namespaces(7). Two processes are in
// the same namespace if their inodes are equal.
type Namespace struct {
	Link  string `json:"link"` // "pid:[4026531836]"
	Inode uint64 `json:"inode"`
}

// Link is one of the links root, cwd and exe: its text as the reader sees it,
// and what it leads to, which does not depend on the reader.
type Link struct {
	Path    string `json:"path"`
	Dev     uint64 `json:"dev,omitempty"` // st_dev of stat(2)
	Ino     uint64 `json:"ino,omitempty"`
	MountID uint64 `json:"mount_id,omitempty"` // the ID in mountinfo; 0 before Linux 5.8
}

// Same tells whether both lead to the same file of the same filesystem.
func (l Link) Same(other Link) bool {
	return l.Dev == other.Dev && l.Ino == other.Ino
}

// String formats as "/srv/root (dev 254:0, inode 131)".
func (l Link) String() string {
	if l.Ino == 0 {
		return Printable(l.Path)
	}
	return fmt.Sprintf("%s (dev %s, inode %d)", Printable(l.Path), devString(l.Dev), l.Ino)
}

// Cgroup is one line of /proc/PID/cgroup: cgroups(7). The path is relative to
// the reader's cgroup namespace. Hierarchy 0 without controllers is cgroup v2.
type Cgroup = cgroup.Membership

// Mount is one line of /proc/PID/mountinfo: proc_pid_mountinfo(5). Only the
// mounts below the root of the process are there, named from that root.
type Mount struct {
	ID           int    `json:"id"`
	Parent       int    `json:"parent"`
	Dev          string `json:"dev"`  // "254:0"
	Root         string `json:"root"` // the directory of the filesystem that is mounted; not "/" for most bind mounts
	Mountpoint   string `json:"mountpoint"`
	FSType       string `json:"fstype"`
	Source       string `json:"source"`
	Options      string `json:"options"`       // of the mount
	SuperOptions string `json:"super_options"` // of the filesystem
	Propagation  string `json:"propagation"`   // "private", or the tags of mount_namespaces(7): "shared:1 master:2"
}

// String formats as findmnt(8) names a mount: "proc on /proc", and
// "ext4[/srv/x] on /mnt" where a directory inside a filesystem is mounted.
func (m Mount) String() string {
	dir := ""
	if m.Root != "/" {
		dir = "[" + m.Root + "]"
	}
	return Printable(m.FSType + dir + " on " + m.Mountpoint)
}

// FD is one descriptor of /proc/PID/fd and what it points to: a path, or
// "pipe:[123]", "socket:[123]", "anon_inode:[eventpoll]".
type FD struct {
	Number int    `json:"number"`
	Target string `json:"target"`
}

// String formats as "3 → /etc/passwd".
func (f FD) String() string {
	return fmt.Sprintf("%d → %s", f.Number, Printable(f.Target))
}

// Maps sums up /proc/PID/maps: how many mappings there are, and the distinct
// files among them in the order of their first address.
type Maps struct {
	Count int      `json:"count"`
	Files []string `json:"files,omitempty"`
}

// Limit is one line of /proc/PID/limits. Soft and Hard are numbers in Units, or
// "unlimited".
type Limit struct {
	Name  string `json:"name"` // "Max processes"
	Soft  string `json:"soft"`
	Hard  string `json:"hard"`
	Units string `json:"units,omitempty"`
}

// Get gives the value of a field of /proc/PID/status, such as "NSpid", or ""
// where the process or the kernel has no such field.
func (s *Snapshot) Get(statusField string) string {
	for _, f := range s.Status {
		if f.Name == statusField {
			return f.Value
		}
	}
	return ""
}

// Ended tells whether the process is a zombie, or so far on the way there that
// it has lost its memory, from which on more and more is empty.
func (s *Snapshot) Ended() bool {
	state := s.Get("State")
	lostMemory := s.Get("VmSize") == "" && !s.kernelThread()
	return lifeOf(state) == lifeEnded || state != "" && lostMemory
}

// kernelThread tells it by the field Kthread, or before Linux 6.8 by what no
// program can do: it ignores SIGKILL.
func (s *Snapshot) kernelThread() bool {
	ignored, err := ParseMask(s.Get("SigIgn"))
	return s.Get("Kthread") == "1" || err == nil && ignored>>(unix.SIGKILL-1)&1 == 1
}

// Limit gives the limit of that name, such as "Max processes".
func (s *Snapshot) Limit(name string) (Limit, bool) {
	for _, l := range s.Limits {
		if l.Name == name {
			return l, true
		}
	}
	return Limit{}, false
}

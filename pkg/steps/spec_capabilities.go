package steps

import (
	"fmt"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/pkg/observe"
)

// CapabilitySettings say which capabilities a container keeps. Add, Drop and
// Privileged mean what docker run means by --cap-add, --cap-drop and
// --privileged. The zero value keeps [DefaultCapabilities].
//
// A name may be written with or without CAP_, in any case. "all" is every
// capability that there is, and "docker" those of [DockerCapabilities].
type CapabilitySettings struct {
	Add        []string `json:",omitempty"` // kept, on top of the default or, with "all" in Drop, alone
	Drop       []string `json:",omitempty"` // taken from the default or, with "all" in Add, from all
	Privileged bool     `json:",omitempty"` // everything is kept, whatever Add and Drop say

	BoundingOnly bool `json:",omitempty"` // drop from the bounding set alone, which bites at the execve
	NoNewPrivs   bool `json:",omitempty"` // set no_new_privs too: prctl(2)
}

// DockerCapabilities gives what Docker leaves to a container that asks for
// nothing: DefaultCapabilities in daemon/pkg/oci/caps/defaults.go of moby/moby.
func DockerCapabilities() []string {
	return []string{
		"CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FSETID", "CAP_FOWNER", "CAP_MKNOD",
		"CAP_NET_RAW", "CAP_SETGID", "CAP_SETUID", "CAP_SETFCAP", "CAP_SETPCAP",
		"CAP_NET_BIND_SERVICE", "CAP_SYS_CHROOT", "CAP_KILL", "CAP_AUDIT_WRITE",
	}
}

// TalkCapabilities gives the two that the talk takes away.
func TalkCapabilities() []string { return []string{"CAP_SYS_TIME", "CAP_SYS_CHROOT"} }

// DefaultCapabilities gives what this workshop leaves to a container that asks
// for nothing: Docker's set without the talk's two. Docker keeps CAP_SYS_CHROOT,
// for its root directory is that of pivot_root(2) and chroot leads nowhere.
func DefaultCapabilities() []string {
	left := union(DockerCapabilities()) &^ union(TalkCapabilities())
	return observe.CapNames(left)
}

// union is the set of names that are known to be right.
func union(names []string) uint64 {
	mask, err := observe.CapMask(names)
	if err != nil {
		panic(err)
	}
	return mask
}

// Keep gives the set that the settings leave of what a process had. A name that
// is unknown, or asked for and not among what it had, is an error.
func (c *CapabilitySettings) Keep(had uint64) (uint64, error) {
	add, addAll, err := capabilitySet(c.Add)
	if err != nil {
		return 0, err
	}
	drop, dropAll, err := capabilitySet(c.Drop)
	if err != nil {
		return 0, err
	}
	if missing := add &^ had; missing != 0 && !c.Privileged {
		return 0, &Unsupported{
			What: fmt.Sprintf("cannot keep %s: CapBnd in /proc/self/status shows that this machine has none to give",
				strings.Join(observe.CapNames(missing), ", ")),
			Instead: "leave it out",
		}
	}
	switch {
	case c.Privileged:
		return had, nil
	case addAll:
		return had &^ drop, nil
	case dropAll:
		return add, nil
	}
	return had&union(DefaultCapabilities())&^drop | add, nil
}

// Keeps tells whether the settings leave the capability of that name to a process
// that has what this one has.
func (c *CapabilitySettings) Keeps(name string) (bool, error) {
	n, err := observe.CapNumber(name)
	if err != nil {
		return false, err
	}
	keep, err := c.Keep(boundingSet())
	return keep>>n&1 == 1, err
}

// CheckCapabilities tells whether Add and Drop would understand the names. The
// error has the nearest name.
func CheckCapabilities(names []string) error {
	_, _, err := capabilitySet(names)
	return err
}

// capabilitySet gives the set of the names, and whether "all" is among them.
func capabilitySet(names []string) (mask uint64, all bool, err error) {
	for _, name := range names {
		switch {
		case strings.EqualFold(name, "all"):
			all = true
		case strings.EqualFold(name, "docker"):
			mask |= union(DockerCapabilities())
		default:
			n, err := observe.CapNumber(name)
			if err != nil {
				return 0, false, err
			}
			mask |= 1 << n
		}
	}
	return mask, all, nil
}

// boundingSet asks the kernel for the calling thread's bounding set, without
// /proc, which the new root may not have.
func boundingSet() uint64 {
	var set uint64
	for n := range 64 {
		has, err := unix.PrctlRetInt(unix.PR_CAPBSET_READ, uintptr(n), 0, 0, 0)
		if err != nil { // EINVAL: beyond the kernel's last capability
			break
		}
		set |= uint64(has) << n
	}
	return set
}

package steps

import (
	"errors"
	"fmt"
	"os"
	"strings"
)

// kernelAllows says which knob of the kernel forbids a new namespace of a kind.
// proc is where /proc is.
func kernelAllows(proc, kind string) error {
	if _, err := os.Lstat(proc + "/self/ns/" + kind); errors.Is(err, os.ErrNotExist) {
		return &Unsupported{
			What:    fmt.Sprintf("this kernel has no %s namespaces: there is no /proc/self/ns/%s", kind, kind),
			Instead: instead(kind),
			Err:     err,
		}
	}
	limit := fmt.Sprintf("user/max_%s_namespaces", kind)
	if knob(proc, limit) == "0" {
		return forbids("user.max_"+kind+"_namespaces", "0", "10000")
	}
	if kind == "user" && nested(proc) {
		return nestedUserAllowed(proc)
	}
	return nil
}

// nestedUserAllowed asks the knobs that bind those who are not root of the
// machine, but of a user namespace.
func nestedUserAllowed(proc string) error {
	if knob(proc, "kernel/apparmor_restrict_unprivileged_userns") == "1" { // Ubuntu
		return forbids("kernel.apparmor_restrict_unprivileged_userns", "1", "0")
	}
	if knob(proc, "kernel/unprivileged_userns_clone") == "0" { // Debian
		return forbids("kernel.unprivileged_userns_clone", "0", "1")
	}
	return nil
}

func instead(kind string) string {
	if kind == "time" {
		return "Linux 5.6 has them (CONFIG_TIME_NS); without: --ns pid,mnt,uts,ipc,net,cgroup"
	}
	return "see CONFIG_NAMESPACES in its configuration; any distribution's kernel has them"
}

func forbids(knob, is, want string) error {
	return &Unsupported{
		What:    fmt.Sprintf("the kernel is set to forbid it: %s is %s", knob, is),
		Instead: fmt.Sprintf("on the host, as root: sysctl -w %s=%s", knob, want),
	}
}

// knob reads a sysctl; "" is one that the kernel does not have.
func knob(proc, name string) string {
	b, _ := os.ReadFile(proc + "/sys/" + name)
	return strings.TrimSpace(string(b))
}

// InUserNamespace tells whether this process is in a user namespace that somebody made,
// where root is not the machine's.
func InUserNamespace() bool { return nested("/proc") }

// nested tells whether this is the inside of a user namespace: the first one
// maps every ID to itself.
func nested(proc string) bool {
	b, err := os.ReadFile(proc + "/self/uid_map")
	return err == nil && strings.Join(strings.Fields(string(b)), " ") != "0 0 4294967295"
}

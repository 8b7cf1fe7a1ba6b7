package observe

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/how-to-be-a-container/workshop/pkg/nearest"
)

// capNames are the names of linux/capability.h, by number.
var capNames = [...]string{
	"CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_DAC_READ_SEARCH", "CAP_FOWNER",
	"CAP_FSETID", "CAP_KILL", "CAP_SETGID", "CAP_SETUID",
	"CAP_SETPCAP", "CAP_LINUX_IMMUTABLE", "CAP_NET_BIND_SERVICE", "CAP_NET_BROADCAST",
	"CAP_NET_ADMIN", "CAP_NET_RAW", "CAP_IPC_LOCK", "CAP_IPC_OWNER",
	"CAP_SYS_MODULE", "CAP_SYS_RAWIO", "CAP_SYS_CHROOT", "CAP_SYS_PTRACE",
	"CAP_SYS_PACCT", "CAP_SYS_ADMIN", "CAP_SYS_BOOT", "CAP_SYS_NICE",
	"CAP_SYS_RESOURCE", "CAP_SYS_TIME", "CAP_SYS_TTY_CONFIG", "CAP_MKNOD",
	"CAP_LEASE", "CAP_AUDIT_WRITE", "CAP_AUDIT_CONTROL", "CAP_SETFCAP",
	"CAP_MAC_OVERRIDE", "CAP_MAC_ADMIN", "CAP_SYSLOG", "CAP_WAKE_ALARM",
	"CAP_BLOCK_SUSPEND", "CAP_AUDIT_READ", "CAP_PERFMON", "CAP_BPF",
	"CAP_CHECKPOINT_RESTORE",
}

// CapName gives the name of a capability number, such as "CAP_SYS_TIME" for 25:
// capabilities(7). A number that has no name here is written "CAP_41".
func CapName(number int) string {
	if number >= 0 && number < len(capNames) {
		return capNames[number]
	}
	return "CAP_" + strconv.Itoa(number)
}

// CapNames gives the names of the capabilities in a set, lowest number first.
func CapNames(mask uint64) []string {
	return bitNames(mask, CapName)
}

// CapNumber gives the number of a capability. The case and the prefix CAP_ do
// not matter, and "CAP_41" is understood. An unknown name gives an error with
// the nearest known one.
func CapNumber(name string) (int, error) {
	full := "CAP_" + strings.TrimPrefix(strings.ToUpper(name), "CAP_")
	for number, known := range capNames {
		if full == known {
			return number, nil
		}
	}
	number, err := strconv.ParseUint(strings.TrimPrefix(full, "CAP_"), 10, 8)
	if err == nil && number < 64 {
		return int(number), nil
	}
	return 0, fmt.Errorf("capability %q: unknown name%s; all are in capabilities(7)", name, meant(full))
}

// meant asks for the nearest capability, by its name without CAP_, or by the end of
// it: CAP_SYS_CHROOT for CAP_CHROOT.
func meant(full string) string {
	var names []string
	whole := map[string]string{}
	for _, known := range capNames {
		short := strings.TrimPrefix(known, "CAP_") // the prefix would make any two near
		names, whole[short] = append(names, short), known
		if _, end, found := strings.Cut(short, "_"); found && whole[end] == "" {
			names, whole[end] = append(names, end), known
		}
	}
	name := nearest.Name(strings.TrimPrefix(full, "CAP_"), names)
	if name == "" {
		return ""
	}
	return fmt.Sprintf(" (did you mean %q?)", whole[name])
}

// CapMask gives the set of the named capabilities: the inverse of [CapNames].
func CapMask(names []string) (uint64, error) {
	var mask uint64
	for _, name := range names {
		number, err := CapNumber(name)
		if err != nil {
			return 0, err
		}
		mask |= 1 << number
	}
	return mask, nil
}

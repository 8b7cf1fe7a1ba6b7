package bomb

import (
	"os"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/pkg/lang"
)

// vendors are what virtual machines call themselves in their firmware's tables.
var vendors = []string{
	"QEMU", "KVM", "VMware", "VirtualBox", "innotek", "Xen", "Bochs", "Parallels",
	"Virtual Machine", "BHYVE", "Amazon EC2", "Google Compute Engine", "linux,dummy-virt",
}

// VM says by what a virtual machine was detected, or is "". A container is none:
// a bomb in it takes the host along.
func VM() string {
	if inContainer() {
		return ""
	}
	for _, file := range []string{
		"/sys/class/dmi/id/sys_vendor", "/sys/class/dmi/id/product_name",
		"/proc/device-tree/compatible",
	} {
		b, _ := os.ReadFile(file)
		if slices.ContainsFunc(vendors, func(v string) bool { return strings.Contains(string(b), v) }) {
			return lang.F("%s says %s", file, strings.TrimSpace(strings.ReplaceAll(string(b), "\x00", " ")))
		}
	}
	b, _ := os.ReadFile("/proc/cpuinfo") // x86 alone has such a flag
	if slices.Contains(strings.Fields(string(b)), "hypervisor") {
		return lang.T("/proc/cpuinfo has the flag hypervisor")
	}
	return ""
}

// inContainer tells whether we are in somebody else's container: the first PID
// namespace has a fixed inode number, PROC_PID_INIT_INO of the kernel.
func inContainer() bool {
	const first = 0xEFFFFFFC
	var st unix.Stat_t
	return unix.Stat("/proc/self/ns/pid", &st) != nil || st.Ino != first
}

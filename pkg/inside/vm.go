package inside

import (
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// makers are what virtual machines call themselves in their firmware's tables.
var makers = []string{
	"QEMU", "KVM", "VirtualBox", "innotek", "VMware", "Xen", "Parallels", "Apple Virtualization",
	"Bochs", "BHYVE", "Amazon EC2", "Google Compute", "OpenStack", "Virtual Machine", "Firecracker",
}

// VM is nil where no virtual machine shows. It is careful: the fork bomb may lose what
// it names.
func VM() *Place { return vm("/") }

func vm(root string) *Place {
	if xenHost(root) || rentedHardware(root) {
		return nil
	}
	for _, file := range []string{"/sys/class/dmi/id/sys_vendor", "/sys/class/dmi/id/product_name"} {
		text := read(filepath.Join(root, file))
		for _, name := range makers {
			if strings.Contains(text, name) {
				return &Place{"vm", name, file + ": " + text}
			}
		}
	}
	for _, v := range []struct{ file, word, name string }{
		{"/sys/hypervisor/type", "xen", "Xen"},
		{"/proc/device-tree/hypervisor/compatible", "linux,kvm", "KVM"},
		{"/proc/device-tree/hypervisor/compatible", "xen", "Xen"},
		{"/proc/device-tree/hypervisor/compatible", "vmware", "VMware"},
		{"/proc/device-tree/compatible", "dummy-virt", "QEMU"},
	} {
		if strings.Contains(read(filepath.Join(root, v.file)), v.word) {
			return &Place{"vm", v.name, v.file + ": " + v.word}
		}
	}
	for line := range strings.Lines(read(filepath.Join(root, "/proc/cpuinfo"))) { // x86 alone has such a flag
		if strings.HasPrefix(line, "flags") && slices.Contains(strings.Fields(line), "hypervisor") {
			return &Place{"vm", "", "/proc/cpuinfo: hypervisor"}
		}
	}
	return nil
}

// xenHost tells whether this may be Xen's dom0, which shows the hypervisor as any guest
// does and has the hardware: bit 11 is XENFEAT_dom0 of xen/interface/features.h.
func xenHost(root string) bool {
	xen := strings.Contains(read(filepath.Join(root, "/sys/hypervisor/type")), "xen") ||
		strings.Contains(read(filepath.Join(root, "/proc/device-tree/hypervisor/compatible")), "xen")
	features, err := strconv.ParseUint(read(filepath.Join(root, "/sys/hypervisor/properties/features")), 16, 64)
	return xen && (err != nil || features&(1<<11) != 0)
}

// rentedHardware tells whether this is one of Amazon's instances that are no virtual
// machines, such as c5.metal.
func rentedHardware(root string) bool {
	return strings.Contains(read(filepath.Join(root, "/sys/class/dmi/id/product_name")), ".metal")
}

package inside

import (
	"os"
	"path/filepath"
	"testing"
)

// TestVM: what is hardware, or may be, is no virtual machine.
func TestVM(t *testing.T) {
	const (
		vendor, product = "sys/class/dmi/id/sys_vendor", "sys/class/dmi/id/product_name"
		xen, features   = "sys/hypervisor/type", "sys/hypervisor/properties/features"
		compatible      = "proc/device-tree/compatible"
		hypervisor      = "proc/device-tree/hypervisor/compatible"
		cpuinfo         = "proc/cpuinfo"
	)
	const virtual = "processor\t: 0\nmodel name\t: X\nflags\t\t: fpu vme hypervisor lahf_lm\n"
	for what, m := range map[string]struct {
		files map[string]string
		name  string // "-" is none
	}{
		"nothing known":        {nil, "-"},
		"hardware":             {map[string]string{vendor: "LENOVO\n", product: "20XW\n", cpuinfo: "model name\t: hypervisor\nflags\t\t: fpu vme\n"}, "-"},
		"QEMU":                 {map[string]string{vendor: "QEMU\n", product: "Standard PC (Q35 + ICH9, 2009)\n"}, "QEMU"},
		"bhyve":                {map[string]string{product: "BHYVE\n"}, "BHYVE"},
		"Apple's":              {map[string]string{vendor: "Apple Inc.\n", product: "Apple Virtualization Generic Platform\n"}, "Apple Virtualization"},
		"a Mac":                {map[string]string{vendor: "Apple Inc.\n", product: "MacBookPro16,1\n"}, "-"},
		"OpenStack":            {map[string]string{product: "OpenStack Nova\n"}, "OpenStack"},
		"no firmware":          {map[string]string{cpuinfo: virtual}, ""},
		"arm64 without tables": {map[string]string{compatible: "linux,dummy-virt\x00"}, "QEMU"},
		"a board":              {map[string]string{compatible: "raspberrypi,4-model-b\x00brcm,bcm2711\x00"}, "-"},
		"KVM's tree":           {map[string]string{hypervisor: "linux,kvm\x00"}, "KVM"},
		"a phone's hypervisor": {map[string]string{hypervisor: "gunyah-hypervisor\x00"}, "-"},
		"Xen's guest":          {map[string]string{xen: "xen\n", features: "000022f7\n", cpuinfo: virtual}, "Xen"},
		"Xen's dom0":           {map[string]string{xen: "xen\n", features: "00002aff\n", cpuinfo: virtual}, "-"},
		"one of the two":       {map[string]string{hypervisor: "xen,xen-4.17\x00xen,xen\x00"}, "-"},
		"EC2":                  {map[string]string{vendor: "Amazon EC2\n", product: "c5.large\n", cpuinfo: virtual}, "Amazon EC2"},
		"EC2's hardware":       {map[string]string{vendor: "Amazon EC2\n", product: "c5.metal\n"}, "-"},
	} {
		root := t.TempDir()
		for file, text := range m.files {
			file = filepath.Join(root, file)
			if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		switch p := vm(root); {
		case p == nil && m.name != "-":
			t.Errorf("%s is no virtual machine", what)
		case p != nil && (p.Kind != "vm" || p.Name != m.name || p.How == ""):
			t.Errorf("%s is %+v", what, *p)
		}
	}
}

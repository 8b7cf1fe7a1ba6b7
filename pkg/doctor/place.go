package doctor

import (
	"bytes"
	"os"
	"strings"

	"golang.org/x/term"
)

// Place is one thing that this machine is inside of.
type Place struct {
	Kind string `json:"kind"` // "vm", "container" or "wsl"
	Name string `json:"name"` // "QEMU", "docker"; may be ""
	How  string `json:"how"`  // how that is known
}

// places tells what this machine is inside of, the innermost first, by what
// systemd-detect-virt(1) looks at too.
func places() []Place {
	list := []Place{}
	for _, find := range []func() *Place{containerPlace, wsl, vm} {
		if p := find(); p != nil {
			list = append(list, *p)
		}
	}
	return list
}

func containerPlace() *Place {
	if name := os.Getenv("container"); name != "" {
		return &Place{"container", name, "$container"}
	}
	for file, name := range map[string]string{"/.dockerenv": "docker", "/run/.containerenv": "podman"} {
		if _, err := os.Stat(file); err == nil {
			return &Place{"container", name, file}
		}
	}
	if name := read("/run/systemd/container"); name != "" {
		return &Place{"container", name, "/run/systemd/container"}
	}
	environ, _ := os.ReadFile("/proc/1/environ") // root alone may
	for _, v := range bytes.Split(environ, []byte{0}) {
		if name, ok := strings.CutPrefix(string(v), "container="); ok {
			return &Place{"container", name, "container in /proc/1/environ"}
		}
	}
	return nil
}

func wsl() *Place {
	const file = "/proc/sys/kernel/osrelease"
	if strings.Contains(strings.ToLower(read(file)), "microsoft") {
		return &Place{"wsl", "Microsoft", file}
	}
	return nil
}

// makers are what the firmware tables of a virtual machine say.
var makers = []string{
	"QEMU", "KVM", "VirtualBox", "innotek", "VMware", "Xen", "Parallels", "Apple Virtualization",
	"Bochs", "Amazon EC2", "Google Compute", "OpenStack", "Virtual Machine", "Firecracker",
}

func vm() *Place {
	for _, file := range []string{"/sys/class/dmi/id/sys_vendor", "/sys/class/dmi/id/product_name"} {
		text := read(file)
		for _, name := range makers {
			if strings.Contains(text, name) {
				return &Place{"vm", name, file + ": " + text}
			}
		}
	}
	for _, file := range []string{"/sys/hypervisor/type", "/proc/device-tree/hypervisor/compatible"} {
		if text := read(file); text != "" {
			return &Place{"vm", strings.Trim(text, "\x00"), file}
		}
	}
	if strings.Contains(read("/proc/device-tree/compatible"), "dummy-virt") {
		return &Place{"vm", "QEMU", "/proc/device-tree/compatible: dummy-virt"}
	}
	for line := range strings.Lines(read("/proc/cpuinfo")) {
		if strings.HasPrefix(line, "flags") && strings.Contains(line, " hypervisor") {
			return &Place{"vm", "", "/proc/cpuinfo: hypervisor"}
		}
	}
	return nil
}

// Terminal is what the output is shown on.
type Terminal struct {
	Is    bool   `json:"is"`    // standard output is one
	Width int    `json:"width"` // in columns; 0 without one
	Type  string `json:"type"`  // TERM
}

func terminal() Terminal {
	t := Terminal{Is: term.IsTerminal(1), Type: os.Getenv("TERM")}
	if width, _, err := term.GetSize(1); err == nil {
		t.Width = width
	}
	return t
}

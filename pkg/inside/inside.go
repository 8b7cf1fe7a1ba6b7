// Package inside tells what this machine is inside of: a container, WSL, a virtual
// machine. It looks at what systemd-detect-virt(1) looks at too.
package inside

import (
	"bytes"
	"os"
	"strings"
)

// Place is one thing that this machine is inside of.
type Place struct {
	Kind string `json:"kind"` // "vm", "container" or "wsl"
	Name string `json:"name"` // "QEMU", "docker"; may be ""
	How  string `json:"how"`  // how that is known
}

// Places lists all of them, the innermost first.
func Places() []Place {
	list := []Place{}
	for _, find := range []func() *Place{Container, WSL, VM} {
		if p := find(); p != nil {
			list = append(list, *p)
		}
	}
	return list
}

// Container is nil where no container shows.
func Container() *Place {
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
		if name, ok := strings.CutPrefix(string(v), "container="); ok && name != "" {
			return &Place{"container", name, "container in /proc/1/environ"}
		}
	}
	return nil
}

// WSL is nil where the kernel is not Microsoft's.
func WSL() *Place {
	const file = "/proc/sys/kernel/osrelease"
	if strings.Contains(strings.ToLower(read(file)), "microsoft") {
		return &Place{"wsl", "Microsoft", file}
	}
	return nil
}

// read gives a file's text in one line, or "". In the device tree NULs end words.
func read(file string) string {
	b, _ := os.ReadFile(file)
	return strings.TrimSpace(strings.ReplaceAll(string(b), "\x00", " "))
}

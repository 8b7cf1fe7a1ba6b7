package bomb

import (
	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/pkg/inside"
)

// VM says by what a virtual machine was detected, or is "". A container is none:
// a bomb in it takes the host along.
func VM() string {
	if inContainer() {
		return ""
	}
	if vm := inside.VM(); vm != nil {
		return vm.How
	}
	return ""
}

// inContainer tells whether we are in somebody else's container. What inside.Container
// looks at is made by whoever has made the container, and can be missing; the first PID
// namespace has a fixed inode number, PROC_PID_INIT_INO of the kernel.
func inContainer() bool {
	const first = 0xEFFFFFFC
	var st unix.Stat_t
	return unix.Stat("/proc/self/ns/pid", &st) != nil || st.Ino != first
}

package apparmor

import (
	"fmt"
	"os"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"
)

// lsms lists the security modules that the kernel runs: by securityfs where that
// is mounted, else by the call lsm_list_modules, which Linux 6.8 brought.
func lsms() []string {
	if b, err := os.ReadFile("/sys/kernel/security/lsm"); err == nil {
		return strings.Split(strings.TrimSpace(string(b)), ",")
	}
	ids := make([]uint64, 32)
	size := uint32(len(ids) * 8)
	n, _, errno := unix.Syscall(unix.SYS_LSM_LIST_MODULES,
		uintptr(unsafe.Pointer(&ids[0])), uintptr(unsafe.Pointer(&size)), 0)
	if errno != 0 {
		return nil
	}
	var names []string
	for _, id := range ids[:n] {
		names = append(names, lsmName(id))
	}
	return names
}

// firstLSM is LSM_ID_CAPABILITY of linux/lsm.h; the others follow it.
const firstLSM = 100

var lsmNames = []string{
	"capability", "selinux", "smack", "tomoyo", "apparmor", "yama", "loadpin",
	"safesetid", "lockdown", "bpf", "landlock", "ima", "evm", "ipe",
}

func lsmName(id uint64) string {
	if id >= firstLSM && id < firstLSM+uint64(len(lsmNames)) {
		return lsmNames[id-firstLSM]
	}
	return fmt.Sprintf("lsm %d", id)
}

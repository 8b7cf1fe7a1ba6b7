package seccomp

import (
	"fmt"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// TestRecordABI: a call through another ABI is one of its table, and the words say so.
// x32 has amd64's architecture, and a bit in the number.
func TestRecordABI(t *testing.T) {
	for _, test := range []struct {
		arch   uint32
		number int
		call   string
	}{
		{unix.AUDIT_ARCH_X86_64, 83, "mkdir"},
		{unix.AUDIT_ARCH_X86_64, 0x40000000 | 83, "mkdir"},
		{unix.AUDIT_ARCH_I386, 39, "mkdir"},
		{unix.AUDIT_ARCH_AARCH64, 34, "mkdirat"},
		{unix.AUDIT_ARCH_ARM, 39, "mkdir"},
		{unix.AUDIT_ARCH_S390X, 39, "39"},
	} {
		r, ok := ParseRecord(fmt.Sprintf(`pid=7 comm="sh" arch=%x syscall=%d code=0x7ffc0000`, test.arch, test.number))
		if !ok || r.Call != test.call {
			t.Errorf("call %d of %x is %s, %v; want %s", test.number, test.arch, r.Call, ok, test.call)
		}
		foreign := test.arch != native.auditArch
		if words := r.Words(); strings.Contains(words, "through the ABI "+r.ABI) != foreign || !strings.Contains(words, "called "+test.call) {
			t.Errorf("call %d of %x: %s", test.number, test.arch, words)
		}
	}
}

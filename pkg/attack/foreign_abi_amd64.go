package attack

import (
	"fmt"
	"os"
	"runtime/debug"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/pkg/lang"
)

// int80 makes a call as 32-bit programs do, and gives the result or -errno.
func int80(number, a, b uint64) int64

const i386Mkdir = 39 // arch/x86/entry/syscalls/syscall_32.tbl

// foreignABI needs no 32-bit program: int 0x80 works from 64-bit code too.
func foreignABI(t *T) error {
	name := fmt.Sprintf(".foreign-%d", os.Getpid())
	memory, err := unix.Mmap(-1, 0, unix.Getpagesize(), unix.PROT_READ|unix.PROT_WRITE,
		unix.MAP_PRIVATE|unix.MAP_ANONYMOUS|unix.MAP_32BIT) // 32 bits must be enough for its address
	if err != nil {
		return &os.SyscallError{Syscall: "mmap", Err: err}
	}
	copy(memory, name)
	defer unix.Rmdir(name)
	return t.Do(fmt.Sprintf("int 0x80, eax=%d: mkdir(%q)", i386Mkdir, name), func() error {
		result, err := tryInt80(i386Mkdir, uint64(uintptr(unsafe.Pointer(&memory[0]))), 0o700)
		if err == nil && result < 0 {
			err = unix.Errno(-result)
		}
		return err
	})
}

// tryInt80: a kernel without 32-bit calls sends SIGSEGV for the instruction.
func tryInt80(number, a, b uint64) (result int64, err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if recover() != nil {
			err = impossible(lang.T("this kernel has no 32-bit calls (CONFIG_IA32_EMULATION), so there is no hole to close"))
		}
	}()
	return int80(number, a, b), nil
}

package bomb

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// maxForks bounds the native bomb where nothing else does.
const maxForks = 8192

// nativeCommand is the word after which workshop is the native bomb. It is
// started by Run alone.
const nativeCommand = "native-bomb"

// armedWord is what the supervisor writes to the native bomb, after it has read
// from the kernel that the bomb is limited.
const armedWord = "armed"

// ErrNotArmed is what the native bomb says to anybody but Run.
var ErrNotArmed = errors.New("the fork bomb is not armed: nobody has read back pids.max and the membership in its group; start it with: workshop attack fork-bomb")

// native is the inside of the native bomb: it waits to be armed and explodes. It
// returns only where it is not armed.
func native() error {
	word, err := bufio.NewReader(os.Stdin).ReadString('\n')
	if err != nil || strings.TrimSpace(word) != armedWord {
		return ErrNotArmed
	}
	page, err := unix.Mmap(-1, 0, os.Getpagesize(), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED|unix.MAP_ANONYMOUS)
	if err != nil {
		return fmt.Errorf("mmap: %w", err)
	}
	var now unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &now); err != nil {
		return fmt.Errorf("clock_gettime: %w", err)
	}
	s := (*shared)(unsafe.Pointer(&page[0]))
	s.deadline = now.Sec + int64(MaxDuration/time.Second) + 1
	debug.SetGCPercent(-1) // the collector would wait for explode for ever
	runtime.LockOSThread()
	explode(s)
	return nil
}

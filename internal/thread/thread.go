// Package thread runs a function where it can change what belongs to a thread:
// capabilities, securebits, namespaces, the root directory.
package thread

import (
	"runtime"

	"golang.org/x/sys/unix"
)

// Do calls do on a thread of its own, which ends with it, and so does what was
// changed there. The first thread is never taken: it does not end, and
// /proc/PID shows its attributes as those of the process.
func Do(do func() error) error {
	result := make(chan error)
	go func() {
		runtime.LockOSThread()
		if unix.Gettid() == unix.Getpid() {
			defer runtime.UnlockOSThread()
			result <- Do(do)
			return
		}
		result <- do()
	}()
	return <-result
}

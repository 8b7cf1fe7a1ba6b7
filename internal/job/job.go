// Package job tells how this process stands in the job control of a shell; see
// credentials(7).
package job

import "golang.org/x/sys/unix"

// Background tells whether a terminal is that of another job: to set it would stop
// this one, by SIGTTOU. Of one that does not control our session nobody can say.
func Background(fd int) bool {
	group, err := unix.IoctlGetInt(fd, unix.TIOCGPGRP)
	return err == nil && group != unix.Getpgrp()
}

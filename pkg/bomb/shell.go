package bomb

import (
	"os"
	"path/filepath"
)

// The shell bombs. The talk's is bash's: POSIX lets no function be called ":",
// for that is a special built-in, so dash and BusyBox ash want another name.
// Nobody waits for the dead ("trap"): where bash is PID 1, zombies would fill the
// group, and the bomb would end by itself. Under ash it does: what lives at the
// end is the shell, and pids.current counts the dead.
const (
	talkBomb  = `trap '' CHLD; :(){ :|:& };:`
	posixBomb = `trap '' CHLD; b(){ b|b& };b`
)

// Shell gives a shell of a root filesystem, and the bomb that it understands.
func Shell(rootfs string) (path, script string) {
	if _, err := os.Stat(filepath.Join(rootfs, "/bin/bash")); err == nil {
		return "/bin/bash", talkBomb
	}
	return "/bin/sh", posixBomb
}

// Command box [COMMAND...]: a shell whose / is $ROOTFS.
package main

import (
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	command := os.Args[1:]
	if len(command) == 0 {
		command = []string{"/bin/sh"}
	}
	root := os.Getenv("ROOTFS")
	_, err := os.Stat(root)
	must("$ROOTFS", err)
	// Ctrl-C is for the child: who waits goes on. execve forgets this.
	signal.Notify(make(chan os.Signal, 1), os.Interrupt)
	// fork(2), and between it and execve(2) the child changes its root:
	// COMMAND is a path in there.
	pid, err := syscall.ForkExec(command[0], command, &syscall.ProcAttr{
		Env:   os.Environ(),
		Files: []uintptr{0, 1, 2}, // as ours: a terminal, or pipes
		Sys:   &syscall.SysProcAttr{Chroot: root},
		Dir:   "/", // chroot(2) leaves the working directory outside
	})
	must("start "+command[0]+" in "+root, err)
	os.Exit(wait(pid))
}

// wait gives the exit code of a process, or 128 + the number of the signal that
// ended it. Until somebody asks, a dead child is a zombie: wait4(2).
func wait(pid int) int {
	var status syscall.WaitStatus
	_, err := syscall.Wait4(pid, &status, 0, nil)
	must("wait4", err)
	if status.Signaled() {
		return 128 + int(status.Signal())
	}
	return status.ExitStatus()
}

// must ends the program where a call has failed.
func must(what string, err error) {
	if err != nil {
		fmt.Fprintf(os.Stderr, "box: %s: %v\n", what, err)
		os.Exit(1)
	}
}

// Command box [COMMAND...]: a shell whose list of mounts begins at $ROOTFS.
package main

import (
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == "child" {
		child(os.Args[2:])
	}
	os.Exit(parent(os.Args[1:]))
}

func parent(command []string) int {
	if len(command) == 0 {
		command = []string{"/bin/sh"}
	}
	// Ctrl-C is for the child: who waits goes on. execve forgets this.
	signal.Notify(make(chan os.Signal, 1), os.Interrupt)
	// Go runs none of our code between fork and exec: so the child executes
	// this program again, which changes itself and executes the command.
	args := append([]string{"box", "child"}, command...)
	pid, err := syscall.ForkExec("/proc/self/exe", args, &syscall.ProcAttr{
		Env:   os.Environ(),
		Files: []uintptr{0, 1, 2}, // as ours: a terminal, or pipes
		// clone(2) with a copy of the list of mounts, to rebuild.
		Sys: &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS},
	})
	must("clone", err)
	return wait(pid)
}

func child(command []string) {
	root := os.Getenv("ROOTFS")
	// What happens to a shared mount would happen on the host as well.
	err := syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, "")
	must("mount --make-rprivate /", err)
	// A new root must be a mount point: bound to itself, any directory is.
	err = syscall.Mount(root, root, "", syscall.MS_BIND|syscall.MS_REC, "")
	must("mount --rbind $ROOTFS="+root, err)
	// "." is the new root from here on, whatever happens to the paths.
	must("chdir "+root, syscall.Chdir(root))
	// The old root lands on top of the new one: it needs no directory.
	must("pivot_root", syscall.PivotRoot(".", "."))
	// Take it off: until then the host is one ".." away.
	must("umount2", syscall.Unmount(".", syscall.MNT_DETACH))
	must("chdir /", syscall.Chdir("/"))
	path, err := exec.LookPath(command[0])
	must("find "+command[0], err)
	// execve(2): another program, and the same process.
	must("exec "+path, syscall.Exec(path, command, os.Environ()))
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

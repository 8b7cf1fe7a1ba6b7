// Command box [COMMAND...]: becomes a shell.
package main

import (
	"fmt"
	"os"
	"os/exec"
	"syscall"
)

func main() {
	command := os.Args[1:]
	if len(command) == 0 {
		command = []string{"/bin/sh"}
	}
	path, err := exec.LookPath(command[0])
	must("find "+command[0], err)
	// execve(2): another program, and the same process.
	must("exec "+path, syscall.Exec(path, command, os.Environ()))
}

// must ends the program where a call has failed.
func must(what string, err error) {
	if err != nil {
		fmt.Fprintf(os.Stderr, "box: %s: %v\n", what, err)
		os.Exit(1)
	}
}

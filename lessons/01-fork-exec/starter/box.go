// ---- Exercise 1: fork-exec ---------------------------------------------
// This program becomes the shell: nobody is left to wait for it. Let a child
// become the shell, wait for it, and end with its exit code (128 + N if
// signal N ended it).
// With:      syscall.ForkExec, syscall.Wait4
// Judged by: sudo workshop check 1 -- ./box (go build)
//
// このプログラムは自分がシェルになるので、終わりを待つ人がいません。シェルに
// は子プロセスがなるようにして、それを待ち、その終了コードで終わってください(
// シグナルNで終わったときは128+N)。
// ------------------------------------------------------------------------

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

package attack

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"
)

// decoyName is argv[0] of a decoy.
const decoyName = "workshop-decoy"

// secretEnv is the variable that tells a decoy what it is to guard.
const secretEnv = "WORKSHOP_SECRET"

// init is a decoy's main function: it waits to be attacked, and ends with the
// process that started it, whose pipe it reads.
func init() {
	if os.Args[0] != decoyName {
		return
	}
	end := func() {}
	if len(os.Args) > 2 {
		var target string
		var err error
		target, end, err = decoys[os.Args[1]](os.Args[2], os.Getenv(secretEnv))
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		fmt.Println(target)
	}
	_, _ = io.Copy(io.Discard, os.Stdin)
	end()
	os.Exit(0)
}

// decoyCommand is this program as a decoy.
func decoyCommand(args ...string) *exec.Cmd {
	self := "/proc/self/exe"
	if _, err := os.Stat(self); err != nil { // a root without /proc
		self = Self
	}
	return &exec.Cmd{Path: self, Args: append([]string{decoyName}, args...), Dir: "/", Stderr: os.Stderr}
}

// startDecoy starts a process of another user, which is ours to attack, and
// gives the way to end it.
func startDecoy(uid uint32) (pid int, end func(), err error) {
	cmd := decoyCommand()
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Credential: &syscall.Credential{Uid: uid, Gid: uid, NoSetGroups: true},
	}
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return 0, nil, err
	}
	if err := cmd.Start(); err != nil {
		return 0, nil, unwrapped(err)
	}
	return cmd.Process.Pid, func() { stdin.Close(); _ = cmd.Wait() }, nil
}

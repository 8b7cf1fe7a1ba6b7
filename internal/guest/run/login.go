package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"

	"golang.org/x/term"
)

// logIn boots the machine with its console on this terminal, until it powers off.
// What is written to its disk stays.
func logIn(ctx context.Context, g guest) error {
	dir, err := os.MkdirTemp("", "guest-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	accel := g.accelerator(ctx, dir)
	fmt.Fprintf(os.Stderr, "guest: booting %s with %s; end it with: sudo poweroff (or at once with Ctrl-a x)\n", g.arch, accel)

	g.args += terminalSize()
	args, err := g.machine(accel)
	if err != nil {
		return err
	}
	args = append(args,
		"-chardev", "stdio,id=console,mux=on,signal=off", "-serial", "chardev:console", "-mon", "chardev=console",
		"-nic", fmt.Sprintf("user,model=virtio-net-pci,hostfwd=tcp:127.0.0.1:%d-:8080", g.port))
	cmd := exec.CommandContext(ctx, machines[g.arch].program, append(args, g.disks("off")...)...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr

	// A QEMU that is killed leaves the terminal raw.
	if state, err := term.GetState(0); err == nil {
		defer func() { _ = term.Restore(0, state) }()
	}
	err = runTied(cmd, &syscall.SysProcAttr{})
	if ctx.Err() != nil {
		return errors.New("interrupted")
	}
	return err
}

// terminalSize tells the guest the size of its terminal: a serial line does not.
func terminalSize() string {
	width, height, err := term.GetSize(0)
	if err != nil {
		return ""
	}
	return fmt.Sprintf(" workshop.columns=%d workshop.rows=%d", width, height)
}

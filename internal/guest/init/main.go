// Command init is process 1 of the guest of make test-vm. It makes of an
// initramfs what a test expects of a machine under systemd (cgroup v2 alone,
// AppArmor, shared mounts), runs the test binaries of /suite, and powers off.
//
// The results leave through a serial port of their own, as go test -json prints
// them, so that kernel messages on the console cannot tear them.
package main

import (
	"fmt"
	"os"
	"os/exec"

	"golang.org/x/sys/unix"
)

func main() {
	if os.Getpid() != 1 {
		if err := runSuite(); err != nil {
			fmt.Fprintln(os.Stderr, "guest:", err)
			os.Exit(1)
		}
		return
	}
	if err := boot(); err != nil {
		fmt.Fprintln(os.Stderr, "guest:", err)
	}
	unix.Sync()
	// Returning from main would be a kernel panic.
	fmt.Fprintln(os.Stderr, "guest: power off:", unix.Reboot(unix.LINUX_REBOOT_CMD_POWER_OFF))
}

// boot sets up the machine and has a child run the tests, so that process 1 has
// nothing to do but to reap: orphans of the tests become its children.
func boot() error {
	if err := setUp(); err != nil {
		return err
	}
	cmd := exec.Command("/init")
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	if err := cmd.Start(); err != nil {
		return err
	}
	return reapUntil(cmd.Process.Pid)
}

// reapUntil waits for every child until the one named ends.
func reapUntil(last int) error {
	for {
		var status unix.WaitStatus
		pid, err := unix.Wait4(-1, &status, 0, nil)
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return fmt.Errorf("wait4: %w", err)
		}
		if pid == last {
			return nil
		}
	}
}

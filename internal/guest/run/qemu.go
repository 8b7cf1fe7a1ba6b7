package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// machine is what QEMU needs to know of an architecture.
type machine struct {
	program, board, console string
	cpu                     string // when emulated; with KVM it is the host's
}

var machines = map[string]machine{
	"amd64": {"qemu-system-x86_64", "q35", "ttyS0", "max"},
	// Emulating the newest processor ("max") is four times slower.
	"arm64": {"qemu-system-aarch64", "virt", "ttyAMA0", "cortex-a57"},
}

// boot runs the guest until it ends or its time is up. Its results go to w, what
// QEMU says to stderr, its console to a file.
func (g guest) boot(ctx context.Context, accel, console string, w, stderr io.Writer) error {
	m, ok := machines[g.arch]
	if !ok {
		return fmt.Errorf("no guest for %s: want amd64 or arm64", g.arch)
	}
	cpu := m.cpu
	board := m.board
	if accel == "kvm" {
		cpu = "host"
		if g.arch == "arm64" {
			board += ",gic-version=host"
		}
	}
	ctx, cancel := context.WithTimeout(ctx, g.limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, m.program,
		"-M", board, "-accel", accel, "-cpu", cpu, "-smp", "1", "-m", g.memory,
		"-nodefaults", "-no-user-config", "-display", "none", "-no-reboot",
		"-serial", "file:"+console,
		"-chardev", "stdio,id=results,signal=off", "-device", "pci-serial,chardev=results",
		"-kernel", g.kernel, "-initrd", g.initrd,
		"-append", g.kernelArgs(m.console))
	cmd.Stdout, cmd.Stderr = w, stderr
	err := runTied(cmd)
	if ctx.Err() != nil {
		return ctx.Err() // says more than "signal: killed"
	}
	return err
}

// kernelArgs are the kernel's arguments. Those with "=" and no dot that it does
// not know are init's environment.
func (g guest) kernelArgs(console string) string {
	return strings.Join([]string{
		"console=" + console, "loglevel=5", "panic=-1",
		"apparmor=1", "security=apparmor",
		"WORKSHOP_GUEST=" + g.arch, g.args,
	}, " ")
}

// runTied runs cmd in a process group of its own, where a Ctrl-C of the terminal
// does not reach it before us, and has the kernel kill it when we die.
func runTied(cmd *exec.Cmd) error {
	// The parent-death signal follows the thread: see prctl(2).
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	return cmd.Run()
}

// kvmWorks boots the guest with KVM up to its init: that /dev/kvm is there does
// not mean that a processor runs.
func (g guest) kvmWorks(ctx context.Context, dir string) bool {
	if g.arch != runtime.GOARCH {
		return false
	}
	kvm, err := os.OpenFile("/dev/kvm", os.O_RDWR, 0)
	if err != nil {
		return false
	}
	kvm.Close()
	g.args, g.limit = "GUEST_PROBE=1", 10*time.Second
	var out strings.Builder
	err = g.boot(ctx, "kvm", filepath.Join(dir, "kvm-console"), &out, io.Discard)
	return err == nil && strings.Contains(out.String(), doneMark)
}

// died puts in words how the guest ended without its last line.
func died(err error, limit time.Duration) string {
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Sprintf("the guest was killed: not done after %v", limit)
	case err != nil:
		return "QEMU: " + err.Error()
	default:
		return "the guest powered off or panicked before its tests were done"
	}
}

// tail returns the last n lines of a file, or why it cannot be read.
func tail(file string, n int) string {
	b, err := os.ReadFile(file)
	if err != nil {
		return err.Error()
	}
	lines := strings.SplitAfter(strings.ReplaceAll(string(b), "\r", ""), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "")
}

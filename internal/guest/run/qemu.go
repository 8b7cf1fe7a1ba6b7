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
	// Emulating the newest processor ("max") takes a third more time for amd64,
	// and four times as much for arm64.
	"amd64": {"qemu-system-x86_64", "q35", "ttyS0", "Nehalem"},
	"arm64": {"qemu-system-aarch64", "virt", "ttyAMA0", "cortex-a57"},
}

// emulated are kernel arguments for a guest whose instructions are translated: what
// guards against flaws of real processors is for nothing, and a library that is at
// another address in each process is translated again for each.
const emulated = "mitigations=off norandmaps"

// boot runs the guest until it ends or its time is up. Its results go to w, what
// QEMU says to stderr, its console to a file.
func (g guest) boot(ctx context.Context, accel, console string, w, stderr io.Writer) error {
	args, err := g.machine(accel)
	if err != nil {
		return err
	}
	args = append(args,
		"-serial", "file:"+console,
		"-chardev", "stdio,id=results,signal=off", "-device", "pci-serial,chardev=results")
	ctx, cancel := context.WithTimeout(ctx, g.limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, machines[g.arch].program, append(args, g.disks("on")...)...)
	cmd.Stdout, cmd.Stderr = w, stderr
	// A group of its own: a Ctrl-C of the terminal does not reach it before us.
	err = runTied(cmd, &syscall.SysProcAttr{Setpgid: true})
	if ctx.Err() != nil {
		return ctx.Err() // says more than "signal: killed"
	}
	return err
}

// machine are QEMU's arguments for the processor, the memory and the kernel.
func (g guest) machine(accel string) ([]string, error) {
	m, ok := machines[g.arch]
	if !ok {
		return nil, fmt.Errorf("no guest for %s: want amd64 or arm64", g.arch)
	}
	cpu, board, extra := m.cpu, m.board, emulated
	if accel == "kvm" {
		cpu, extra = "host", ""
		if g.arch == "arm64" {
			board += ",gic-version=host"
		}
	}
	return []string{
		"-M", board, "-accel", accel, "-cpu", cpu, "-smp", "1", "-m", g.memory,
		"-nodefaults", "-no-user-config", "-display", "none", "-no-reboot",
		"-kernel", g.kernel, "-initrd", g.initrd, "-append", g.kernelArgs(m.console, extra),
	}, nil
}

// disks are QEMU's arguments for the disks. With snapshot "on", what the guest
// writes ends with it.
func (g guest) disks(snapshot string) []string {
	var args []string
	if g.disk != "" {
		args = append(args, "-drive", "if=virtio,format=raw,snapshot="+snapshot+",file="+g.disk)
	}
	if g.project != "" {
		args = append(args, "-drive", "if=virtio,format=raw,readonly=on,file="+g.project)
	}
	return args
}

// kernelArgs are the kernel's arguments. Those with "=" and no dot that it does
// not know are init's environment.
func (g guest) kernelArgs(console, extra string) string {
	args := []string{
		"console=" + console, "loglevel=5", "panic=-1",
		"apparmor=1", "security=apparmor", "WORKSHOP_GUEST=" + g.arch, extra, g.args,
	}
	if g.disk != "" {
		args = append(args, "root=LABEL=workshop", "rw")
	}
	return strings.Join(args, " ")
}

// runTied runs cmd and has the kernel kill it when we die.
func runTied(cmd *exec.Cmd, attr *syscall.SysProcAttr) error {
	// The parent-death signal follows the thread: see prctl(2).
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	attr.Pdeathsig = syscall.SIGKILL
	cmd.SysProcAttr = attr
	return cmd.Run()
}

// accelerator is KVM where it works, and else QEMU's own translation.
func (g guest) accelerator(ctx context.Context, dir string) string {
	if g.kvmWorks(ctx, dir) {
		return "kvm"
	}
	return "tcg,thread=multi"
}

// kvmWorks boots the guest's kernel with KVM: that /dev/kvm is there does not mean
// that a processor runs. A kernel without any init and root panics, which ends it.
func (g guest) kvmWorks(ctx context.Context, dir string) bool {
	if g.arch != runtime.GOARCH {
		return false
	}
	kvm, err := os.OpenFile("/dev/kvm", os.O_RDWR, 0)
	if err != nil {
		return false
	}
	kvm.Close()
	console := filepath.Join(dir, "kvm-console")
	probe := guest{
		arch: g.arch, kernel: g.kernel, initrd: g.initrd, memory: g.memory,
		args: "rdinit=/none root=/dev/none", limit: 10 * time.Second,
	}
	err = probe.boot(ctx, "kvm", console, io.Discard, io.Discard)
	return err == nil && strings.Contains(tail(console, 60), "Kernel panic")
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

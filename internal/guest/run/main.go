// Command run boots a guest of make test-vm under QEMU and prints what its tests
// print, as go test -json does. A guest that dies, panics or does not end in time
// fails the tests that it was running, with the console's tail as their output.
//
// QEMU never outlives it: not after Ctrl-C, and not after kill -9 either.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// guest is one machine to boot.
type guest struct {
	arch   string
	kernel string
	initrd string
	args   string        // more kernel arguments
	limit  time.Duration // of wall-clock time, after which it is killed
	memory string        // in QEMU's notation
}

func main() {
	var g guest
	flag.StringVar(&g.arch, "arch", runtime.GOARCH, "architecture: amd64 or arm64")
	flag.StringVar(&g.kernel, "kernel", "", "kernel `file`")
	flag.StringVar(&g.initrd, "initrd", "", "initramfs `file`")
	flag.StringVar(&g.args, "args", "", "more kernel arguments")
	flag.DurationVar(&g.limit, "limit", 10*time.Minute, "wall-clock limit")
	flag.StringVar(&g.memory, "memory", "1024M", "the guest's memory")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(),
		os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	// The shell that waits for us may be killed. The main thread never ends, so
	// the setting stays: see PR_SET_PDEATHSIG in prctl(2).
	if err := unix.Prctl(unix.PR_SET_PDEATHSIG, uintptr(syscall.SIGTERM), 0, 0, 0); err != nil {
		fmt.Fprintln(os.Stderr, "guest: prctl:", err)
		os.Exit(1)
	}
	if err := run(ctx, g); err != nil {
		fmt.Fprintln(os.Stderr, "guest:", err)
		os.Exit(1)
	}
}

// run boots the guest and copies its results to standard output.
func run(ctx context.Context, g guest) error {
	dir, err := os.MkdirTemp("", "guest-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)

	accel := "tcg,thread=multi"
	if g.kvmWorks(ctx, dir) {
		accel = "kvm"
	}
	fmt.Fprintf(os.Stderr, "guest: booting %s with %s\n", g.arch, accel)

	console := filepath.Join(dir, "console")
	results := newResults(os.Stdout)
	err = g.boot(ctx, accel, console, results, os.Stderr)
	if ctx.Err() != nil {
		return errors.New("interrupted")
	}
	if !results.done {
		return results.failRest("guest/"+g.arch, died(err, g.limit), tail(console, 60))
	}
	return nil
}

// Command run boots a virtual machine under QEMU: a guest of make test-vm or make
// test-provision, of which it prints what its tests print, as go test -json does,
// or with -login the machine of make vm, with its console on the terminal.
//
// A guest that dies, panics or does not end in time fails the tests that it was
// running, with the console's tail as their output. QEMU never outlives run: not
// after Ctrl-C, and not after kill -9 either.
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
	arch    string
	kernel  string
	initrd  string
	args    string        // more kernel arguments
	limit   time.Duration // of wall-clock time, after which it is killed
	memory  string        // in QEMU's notation
	disk    string        // holds its root file system; without one, initrd is all
	project string        // a second disk, which it only reads
	port    int           // of a login, on the loopback device of this machine
}

func main() {
	var g guest
	flag.StringVar(&g.arch, "arch", runtime.GOARCH, "architecture: amd64 or arm64")
	flag.StringVar(&g.kernel, "kernel", "", "kernel `file`")
	flag.StringVar(&g.initrd, "initrd", "", "initramfs `file`")
	flag.StringVar(&g.args, "args", "", "more kernel arguments")
	flag.DurationVar(&g.limit, "limit", 10*time.Minute, "wall-clock limit")
	flag.StringVar(&g.memory, "memory", "1024M", "the guest's memory")
	flag.StringVar(&g.disk, "disk", "", "image `file` of the root file system, labelled workshop")
	flag.StringVar(&g.project, "project", "", "image `file` of a second disk, read-only")
	flag.IntVar(&g.port, "port", 8080, "port of a login that is forwarded from 127.0.0.1")
	login := flag.Bool("login", false, "console on this terminal, network, and a disk that keeps what is written")
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
	do := run
	if *login {
		do = logIn
	}
	if err := do(ctx, g); err != nil {
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

	accel := g.accelerator(ctx, dir)
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

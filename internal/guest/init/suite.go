package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sys/unix"
	"golang.org/x/term"
)

// leftoverDelay is how long the output of a test binary may stay open after its
// end, until what it left running is a failure.
const leftoverDelay = 5 * time.Second

// runSuite runs the tests and tells the host that it is through.
func runSuite() error {
	results, err := openResults()
	if err != nil {
		return err
	}
	if err := runList(results); err != nil {
		return err
	}
	if _, err := fmt.Fprintln(results, "guest: done"); err != nil {
		return err
	}
	// The power goes off next: wait until the port has sent all (tcdrain(3)).
	return unix.IoctlSetInt(int(results.Fd()), unix.TCSBRK, 1)
}

// runList runs the test binary of each line of /suite/list, "PACKAGE DIR NAME",
// in its package's directory, as go test does.
func runList(results *os.File) error {
	list, err := os.ReadFile("/suite/list")
	if err != nil {
		return err
	}
	for line := range strings.Lines(string(list)) {
		f := strings.Fields(line)
		if err := runTests(results, f[0], f[1], f[2]); err != nil {
			return err
		}
	}
	return nil
}

// openResults opens the serial port on the PCI bus: the console is none.
func openResults() (*os.File, error) {
	ports, err := pciPorts()
	if err != nil {
		return nil, err
	}
	if len(ports) != 1 {
		return nil, fmt.Errorf("want one PCI serial port, have %q", ports)
	}
	f, err := os.OpenFile("/dev/"+ports[0], os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		return nil, err
	}
	_, err = term.MakeRaw(int(f.Fd()))
	return f, err
}

// pciPorts names the serial ports on the PCI bus. Where in the bus's tree they are
// is another place since Linux 6.5.
func pciPorts() (names []string, err error) {
	all, err := filepath.Glob("/sys/class/tty/ttyS*")
	for _, port := range all {
		device, unreadable := filepath.EvalSymlinks(port)
		err = errors.Join(err, unreadable)
		if strings.Contains(device, "/pci0000:") {
			names = append(names, filepath.Base(port))
		}
	}
	return names, err
}

// runTests runs one test binary and has test2json make events of what it prints.
// That tests fail is no error: it is for the host to tell.
func runTests(results *os.File, pkg, dir, name string) error {
	convert := exec.Command("/suite/test2json", "-t", "-p", pkg)
	convert.Stdout, convert.Stderr = results, os.Stderr
	in, err := convert.StdinPipe()
	if err != nil {
		return err
	}
	if err := convert.Start(); err != nil {
		return err
	}
	tests := exec.Command("/suite/"+name, "-test.v=test2json", "-test.timeout="+os.Getenv("GUEST_TIMEOUT"))
	tests.Dir = dir
	// Not the pipe itself: what a test left running would hold it open for ever.
	out := struct{ io.Writer }{in}
	tests.Stdout, tests.Stderr = out, out
	tests.WaitDelay = leftoverDelay
	if err := tests.Run(); err != nil {
		fmt.Fprintf(in, "%v\n\x16FAIL\t%s\n", err, pkg) // as go test does
	}
	if err := in.Close(); err != nil {
		return err
	}
	return convert.Wait()
}

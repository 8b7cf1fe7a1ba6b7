package apparmor

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
)

// ErrNoParser means that apparmor_parser(8) is not installed.
var ErrNoParser = errors.New("no apparmor_parser in PATH, /usr/sbin or /sbin")

// parser finds the compiler. An ordinary user's PATH often lacks /usr/sbin.
func parser() (string, error) {
	for _, name := range []string{"apparmor_parser", "/usr/sbin/apparmor_parser", "/sbin/apparmor_parser"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", ErrNoParser
}

// Names compiles a file and gives the names of the profiles in it. It touches no
// kernel, so it works on every machine that has the parser. The error is the
// parser's own, which names the line.
func Names(file string) ([]string, error) {
	if err := run(nil, "--skip-kernel-load", "--quiet", file); err != nil {
		return nil, err
	}
	path, err := parser()
	if err != nil {
		return nil, err
	}
	var out []byte
	err = elsewhere(func() (err error) {
		out, err = exec.Command(path, "--names", "--skip-cache", "--quiet", file).Output()
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("apparmor_parser --names %s: %w", file, err)
	}
	return strings.Fields(string(out)), nil
}

// Compile tells whether a profile compiles. It touches no kernel.
func Compile(text string) error {
	return run(strings.NewReader(text), "--skip-kernel-load", "--quiet")
}

// Mode is what a profile does with what it does not allow.
type Mode string

// The modes of apparmor(7).
const (
	Enforce  Mode = "enforce"  // refuse it
	Complain Mode = "complain" // allow what no rule allows, and write a record
)

// Load compiles a file and loads it into the kernel: apparmor_parser(8). It is
// an error that the kernel has a profile of that name.
func Load(file string, mode Mode) error {
	args := []string{"--add"}
	if mode == Complain {
		args = append(args, "--Complain")
	}
	return run(nil, append(args, file)...)
}

// run runs the parser, whose message says which line it does not understand.
func run(stdin io.Reader, args ...string) error {
	path, err := parser()
	if err != nil {
		return err
	}
	var said bytes.Buffer
	cmd := exec.Command(path, append([]string{"--skip-cache"}, args...)...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = stdin, &said, &said
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	err = elsewhere(cmd.Run)
	if err != nil {
		return fmt.Errorf("apparmor_parser: %s (%w)", message(said.String()), err)
	}
	return nil
}

// elsewhere does it on a thread whose namespaces nobody changed: the children of
// a supervisor's own are born in those of its container; see unshare(2).
func elsewhere(do func() error) error {
	done := make(chan error)
	go func() { done <- do() }()
	return <-done
}

// message leaves out what the parser says on every machine without AppArmor.
func message(said string) string {
	var lines []string
	for line := range strings.Lines(said) {
		if !strings.HasPrefix(line, "Cache read/write disabled") {
			lines = append(lines, strings.TrimSpace(line))
		}
	}
	return strings.Join(lines, "; ")
}

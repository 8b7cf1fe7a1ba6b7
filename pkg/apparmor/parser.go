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
	if _, err := run(nil, "--skip-kernel-load", "--quiet", file); err != nil {
		return nil, err
	}
	out, err := run(nil, "--names", "--quiet", file)
	if err != nil {
		return nil, fmt.Errorf("the names of the profiles in %s: %w", file, err)
	}
	return strings.Fields(string(out)), nil
}

// Compile tells whether a profile compiles. It touches no kernel.
func Compile(text string) error {
	_, err := run(strings.NewReader(text), "--skip-kernel-load", "--quiet")
	return err
}

// run runs the parser and gives what it prints. Its message says which line it does
// not understand.
func run(stdin io.Reader, args ...string) ([]byte, error) {
	path, err := parser()
	if err != nil {
		return nil, err
	}
	var out, said bytes.Buffer
	cmd := exec.Command(path, append([]string{"--skip-cache"}, args...)...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = stdin, &out, &said
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	if err := elsewhere(cmd.Run); err != nil {
		return nil, fmt.Errorf("apparmor_parser: %s (%w)", message(said.String()), err)
	}
	return out.Bytes(), nil
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

package apparmor

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/renameio/v2"
)

// keptDir is where compiled profiles stay until the next boot, which may bring a
// kernel that wants them otherwise.
const keptDir = "/run/workshop/apparmor"

// Mode is what a profile does with what it does not allow.
type Mode string

// The modes of apparmor(7).
const (
	Enforce  Mode = "enforce"  // refuse it
	Complain Mode = "complain" // allow what no rule allows, and write a record
)

// Load compiles the profile of that name and loads it into the kernel, as
// apparmor_parser(8) --add does. It is an error that the kernel has a profile of
// that name.
func Load(text, name string, mode Mode) error {
	policy, err := compiled(keptDir, text, name, mode)
	if err != nil {
		return err
	}
	return os.WriteFile(Dir+"/.load", policy, 0)
}

// compiled is the profile as the kernel takes it: a policy. To compile one takes
// longer than all else that a container begins with, and that of the next run differs
// in the name alone. So it is compiled and kept under a general name of the same
// length, which stands in the policy once: there the name of this run is put.
func compiled(dir, text, name string, mode Mode) ([]byte, error) {
	general := strings.Repeat("N", len(name))
	switch {
	case strings.Count(text, name) != 1, strings.Contains(text, general), strings.Contains(text, "@{profile_name}"):
		return compile(text, mode) // rules speak of it: it is more than once in the policy
	case strings.Contains(text, "include"):
		return compile(text, mode) // of files that may have changed
	}
	policy, err := kept(dir, strings.Replace(text, name, general, 1), mode)
	if err != nil {
		return nil, err
	}
	if bytes.Count(policy, []byte(general)) != 1 {
		return compile(text, mode) // as another version of the compiler may write it
	}
	return bytes.Replace(policy, []byte(general), []byte(name), 1), nil
}

// kept compiles a profile that has not been compiled before.
func kept(dir, text string, mode Mode) ([]byte, error) {
	sum := sha256.Sum256([]byte(string(mode) + "\n" + text))
	file := filepath.Join(dir, fmt.Sprintf("%x", sum[:8]))
	policy, err := os.ReadFile(file)
	if !errors.Is(err, os.ErrNotExist) {
		return policy, err
	}
	if policy, err = compile(text, mode); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	return policy, renameio.WriteFile(file, policy, 0o600)
}

// compile runs the compiler.
func compile(text string, mode Mode) ([]byte, error) {
	args := []string{"--stdout", "--quiet"}
	if mode == Complain {
		args = append(args, "--Complain")
	}
	return run(strings.NewReader(text), args...)
}

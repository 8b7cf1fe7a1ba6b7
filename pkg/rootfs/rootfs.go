// Package rootfs finds, builds and refreshes the root filesystems that
// containers run in, and keeps the copy of workshop that is laid over them.
//
// A root filesystem is a directory Dir()/KIND. It is filled in a directory
// beside it and renamed into place, so it is there whole or not at all.
package rootfs

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// ErrNotBuilt is what Find and Remove return where no root filesystem is there.
var ErrNotBuilt = errors.New("not built yet")

// notBuilt says what is not, and how it is built; "" is the kind that comes by itself.
func notBuilt(what, kind string) error {
	command := strings.TrimSpace(Sudo() + " workshop rootfs build " + kind)
	if os.Getenv("SUDO_UID") != "" && os.Getenv(dirEnv) == "" {
		command += " (sudo -E, if you have set " + dirEnv + ": sudo drops it)" // if so cannot be seen
	}
	return fmt.Errorf("%s is %w; run: %s", what, ErrNotBuilt, command)
}

// Sudo is how to become root and find the same root filesystems: sudo hands
// WORKSHOP_ROOTFS on with -E.
func Sudo() string {
	if os.Getenv(dirEnv) != "" {
		return "sudo -E"
	}
	return "sudo"
}

// dirEnv names the directory of Dir.
const dirEnv = "WORKSHOP_ROOTFS"

// ErrUnknown is what a name that is neither a kind nor, for Find, a directory
// leads to.
var ErrUnknown = errors.New("unknown root filesystem")

// Kind is a root filesystem that workshop can build.
type Kind struct {
	Name    string // as in workshop rootfs build NAME
	Does    string // half a line: what is inside
	Network bool   // whether building it may need the network

	script string // fills the directory $1
	bytes  uint64 // that it takes, about
}

// Dir is the directory that holds the root filesystems: the environment
// variable WORKSHOP_ROOTFS, else /var/lib/workshop/rootfs.
func Dir() string {
	if d := os.Getenv(dirEnv); d != "" {
		if abs, err := filepath.Abs(d); err == nil {
			return abs
		}
	}
	return "/var/lib/workshop/rootfs"
}

// Find gives the absolute path of a root filesystem, given the name of a kind or
// any directory. "" stands for the first that is built of busybox, host and
// debian. Its errors say what to do: ErrNotBuilt where nothing is built.
func Find(nameOrDir string) (string, error) {
	if nameOrDir == "" {
		return findDefault()
	}
	if _, err := kindOf(nameOrDir); err == nil {
		return findKind(nameOrDir)
	}
	dir, err := findDir(nameOrDir)
	if errors.Is(err, fs.ErrNotExist) && !strings.Contains(nameOrDir, "/") {
		_, err = kindOf(nameOrDir)
	}
	return dir, err
}

func findDefault() (string, error) {
	for _, name := range []string{"busybox", "host", "debian"} {
		if dir, err := findKind(name); err == nil {
			return dir, nil
		}
	}
	return "", notBuilt("a root filesystem", "")
}

func findKind(name string) (string, error) {
	dir, err := findDir(filepath.Join(Dir(), name))
	if errors.Is(err, fs.ErrNotExist) {
		return "", notBuilt("root filesystem "+name, name)
	}
	return dir, err
}

// findDir gives the absolute path of a directory, its symbolic links followed,
// and an error where it cannot be anybody's root filesystem.
func findDir(dir string) (string, error) {
	abs, err := filepath.Abs(dir)
	if err == nil {
		abs, err = filepath.EvalSymlinks(abs)
	}
	if err != nil {
		return "", fmt.Errorf("root filesystem: %w", err)
	}
	if info, err := os.Stat(abs); err != nil {
		return "", fmt.Errorf("root filesystem: %w", err)
	} else if !info.IsDir() {
		return "", fmt.Errorf("root filesystem %s: it is not a directory", dir)
	}
	if abs == "/" {
		return "", fmt.Errorf("root filesystem /: it is the host's own; copy what a container needs: %s workshop rootfs build host", Sudo())
	}
	if below(Dir(), abs) {
		return "", fmt.Errorf("root filesystem %s: %s, where workshop keeps its own, is in it; name one of those, or another directory", dir, Dir())
	}
	entries, err := os.ReadDir(abs)
	if err != nil {
		return "", fmt.Errorf("root filesystem: %w", err)
	}
	if len(entries) == 0 {
		return "", fmt.Errorf("root filesystem %s: the directory is empty; build one: %s workshop rootfs build", dir, Sudo())
	}
	return abs, nil
}

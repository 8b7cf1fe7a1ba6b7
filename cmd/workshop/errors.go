package main

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/internal/errname"
	"github.com/how-to-be-a-container/workshop/internal/word"
	"github.com/how-to-be-a-container/workshop/pkg/container"
	"github.com/how-to-be-a-container/workshop/pkg/lang"
	"github.com/how-to-be-a-container/workshop/pkg/rootfs"
	"github.com/how-to-be-a-container/workshop/pkg/steps"
)

// explained adds the errno's name and what to do next.
func explained(err error) string {
	if errors.Is(err, steps.ErrUnsupported) {
		return err.Error() // it says itself what is missing and what helps
	}
	text := errname.Named(err).Error()
	var errno unix.Errno
	errors.As(err, &errno)
	var usage usageError
	if next := advice(err, errno); next != "" && !errors.As(err, &usage) {
		text += "\n  " + next
	}
	return text
}

// harmless writes out what would do something to a terminal: an error may quote a name
// that somebody else chose.
func harmless(text string) string {
	var b strings.Builder
	for i, r := range text {
		_, size := utf8.DecodeRuneInString(text[i:])
		char := text[i : i+size]
		if r != '\n' && (unicode.IsControl(r) || r == utf8.RuneError) {
			char = strings.Trim(strconv.Quote(char), `"`)
		}
		b.WriteString(char)
	}
	return b.String()
}

// advice says what to do about an error, where that is known.
func advice(err error, errno unix.Errno) string {
	var exec *container.ExecError
	var failed *steps.Error
	switch {
	case errors.As(err, &exec):
		return execAdvice(errno)
	case aboutProc(err) && missingProc():
		return lang.T("There is no /proc here. Try: mount -t proc proc /proc")
	case errno == unix.EROFS && aboutRootfs(err):
		return lang.T("sudo mount -o remount,rw /, or: export WORKSHOP_ROOTFS=DIR on a writable file system, and sudo -E workshop rootfs build")
	case errno == unix.EROFS:
		return lang.T("workshop writes to /run/workshop, below /sys/fs/cgroup and where it keeps the root filesystems: in a container they may be read-only. Try it in a VM.")
	case errors.Is(err, unix.ENOSPC):
		return lang.T("A filesystem is full: see df -h.")
	case errno == unix.EMFILE:
		return lang.T("The limit of open files is too low here: see ulimit -n.")
	case errors.As(err, &failed) && (errno == unix.EPERM || errno == unix.EACCES):
		return lang.T("The kernel refuses even root here: inside of a container? Try it in a VM.")
	}
	return ""
}

// aboutProc tells whether it is a file of /proc that failed.
func aboutProc(err error) bool {
	var file *os.PathError
	var failed *steps.Error
	switch {
	case errors.As(err, &file):
		return strings.HasPrefix(file.Path, "/proc/")
	case errors.As(err, &failed):
		return strings.HasPrefix(failed.Path, "/proc/")
	}
	return false
}

// aboutRootfs tells whether it is where the root filesystems are kept.
func aboutRootfs(err error) bool {
	var file *os.PathError
	return errors.As(err, &file) && strings.HasPrefix(file.Path, rootfs.Dir())
}

func missingProc() bool {
	_, err := os.Stat("/proc/self")
	return err != nil
}

func execAdvice(errno unix.Errno) string {
	switch errno {
	case unix.ENOENT:
		return lang.T("There is no such command in the root filesystem, or its interpreter or loader is not there.")
	case unix.EACCES:
		return lang.T("It is not executable: see its mode, and the mount's options.")
	case unix.ENOEXEC:
		return lang.T("It is no program for this machine: of another architecture, or a script without #!.")
	}
	return ""
}

func isLang(word string) bool { return word == "--lang" || strings.HasPrefix(word, "--lang=") }

// needRoot is for what builds a container: that takes root, and a /proc.
func needRoot(what string) error {
	return cmp.Or(needRootTo("clone into namespaces, mount and limit", what), container.OwnProc())
}

// needRootTo says in one line why and how: what was typed once more, with sudo.
func needRootTo(act, what string) error {
	if os.Geteuid() == 0 {
		return nil
	}
	again := os.Args[1:]
	if l := os.Getenv(lang.Env); l != "" && !slices.ContainsFunc(again, isLang) {
		again = append([]string{"--lang", l}, again...) // sudo does not hand on the variable
	}
	return fmt.Errorf("%s needs root, to %s; try: %s workshop %s", what, act, rootfs.Sudo(), word.Line(again))
}

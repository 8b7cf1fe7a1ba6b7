package check

import (
	"strings"

	"github.com/how-to-be-a-container/workshop/internal/word"
	"github.com/how-to-be-a-container/workshop/pkg/lang"
)

// whyEnded is for a program that ended before a shell answered.
func (r *run) whyEnded() *NoShell {
	code := exitCode(r)
	said := strings.Join(r.output.lines(100), "\n")
	n := &NoShell{Why: Ended, Code: code, Says: lang.F("your program ended with exit code %d, and no shell had answered", code)}
	if n.hint = r.hintOfWords(said); n.hint == "" {
		n.hint = r.hintOfEnd(code, said)
	}
	return n
}

// hintOfWords is for what a program says of an error that has one cause in its lesson.
func (r *run) hintOfWords(said string) string {
	says := func(parts ...string) bool {
		for _, part := range parts {
			if strings.Contains(said, part) {
				return true
			}
		}
		return false
	}
	invalid := says("nvalid argument", "Errno 22", "EINVAL")
	switch {
	case r.Lesson >= 3 && says("pivot_root") && invalid:
		return lang.T("pivot_root(2) gives EINVAL where new_root is no mount point (bind it on itself, and chdir into it after that), or where a mount is shared (make all private before it). In a shell script:\n\tmount --make-rprivate / && mount --bind \"$ROOTFS\" \"$ROOTFS\" && cd \"$ROOTFS\"")
	case r.Lesson >= 3 && says("pivot_root") && says("busy", "Errno 16", "EBUSY"):
		return lang.T("pivot_root(2) gives EBUSY where new_root is on the mount of the old root: bind it on itself first, and chdir into it after that. A working directory from before is still the one under the new mount. In a shell script:\n\tmount --bind \"$ROOTFS\" \"$ROOTFS\" && cd \"$ROOTFS\" && pivot_root . .")
	case r.Lesson >= 4 && says("annot fork", "annot allocate memory"):
		return lang.T("A fork that fails with ENOMEM is one into a pid namespace whose process 1 has ended. After unshare(CLONE_NEWPID) the first child is process 1: fork once, let that child do all the rest, and execute the shell in it. In a shell script:\n\tunshare --pid --fork ...")
	case r.Lesson >= 7 && says("seccomp", "prctl") && says("ermission denied", "Errno 13", "EACCES"):
		return lang.T("Who has no CAP_SYS_ADMIN may load a filter only with no_new_privs: prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) first.")
	case r.Lesson >= 7 && says("seccomp", "prctl") && invalid:
		return lang.T("The kernel does not take the filter. It must end with a return (0x06), no jump may lead past its end, and the number of instructions must be right. prctl(2) gets the address of struct sock_fprog: that number (16 bits), and at offset 8 the address of the first.")
	case r.Lesson >= 2 && says("/bin/bash") && says("No such file"):
		return lang.T("The root filesystem has no bash: execute /bin/sh. The command chroot takes what $SHELL names where it is given no command.")
	}
	return ""
}

// hintOfEnd is for how a program ended, whatever it said.
func (r *run) hintOfEnd(code int, said string) string {
	killed := code > 128 && code <= 128+64
	switch {
	case len(r.orphans()) > 0:
		return lang.T("Your program has ended, and a child of it lives on and does not read the script. Wait for the child, and let it have your standard input.")
	case r.Lesson >= 7 && (code == 128+31 || code == 128+11):
		return lang.F("The filter refuses too much: execve(2) itself must pass it, and all that a shell calls when it starts. Look at the jumps: each counts the instructions that are skipped. The last calls before the end:\n\t%s", r.byHand("strace", "-f"))
	case killed:
		return lang.F("It was killed by signal %d, or says so. See what it does with:\n\t%s", code-128, r.byHand("strace", "-f"))
	case said == "":
		return lang.T("It ended and said nothing. Does it come as far as execve(2) of /bin/sh? An execve that fails returns: print its errno. Or has the shell read an empty standard input? It must inherit descriptor 0: in Go, cmd.Stdin = os.Stdin; in a shell script a command that ends with & has /dev/null there.")
	}
	return lang.F("What it said is below. Run it by hand in the same way:\n\t%s", r.byHand())
}

// byHand is how a person starts the program as it is started here.
func (r *run) byHand(with ...string) string {
	words := []string{"echo 'echo hello' | sudo env ROOTFS=\"$(workshop rootfs path)\""}
	for _, w := range append(with, r.Command...) {
		words = append(words, word.Quoted(w))
	}
	return strings.Join(words, " ")
}

package check

import (
	"slices"
	"strings"

	"golang.org/x/sys/unix"

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

// What programs say of an error.
var (
	saysInvalid = []string{"nvalid argument", "Errno 22", "EINVAL"}
	saysBusy    = []string{"busy", "Errno 16", "EBUSY"}
	saysDenied  = []string{"ermission denied", "Errno 13", "EACCES"}
	// And not of what bash itself has not found: /bin/bash: line 1: ...
	saysNoBash = []string{"/bin/bash: No such file", "/bin/bash: no such file", "/bin/bash': No such file", "/bin/bash’: No such file", "directory: '/bin/bash'"}
)

// causes are errors that have one cause, from a lesson on: where a program says one
// word of each list.
var causes = []struct {
	lesson      int
	call, error []string
	hint        string
}{
	{3, []string{"pivot_root"}, saysInvalid, lang.N("pivot_root(2) gives EINVAL where new_root is no mount point (bind it on itself, and chdir into it after that), or where a mount is shared (make all private before it). In a shell script:\n\tmount --make-rprivate / && mount --bind \"$ROOTFS\" \"$ROOTFS\" && cd \"$ROOTFS\"")},
	{3, []string{"pivot_root"}, saysBusy, lang.N("pivot_root(2) gives EBUSY where new_root is on the mount of the old root: bind it on itself first, and chdir into it after that. A working directory from before is still the one under the new mount. In a shell script:\n\tmount --bind \"$ROOTFS\" \"$ROOTFS\" && cd \"$ROOTFS\" && pivot_root . .")},
	{4, []string{""}, []string{"annot fork", "annot allocate memory"}, lang.N("A fork that fails with ENOMEM is one into a pid namespace whose process 1 has ended. After unshare(CLONE_NEWPID) the first child is process 1: fork once, let that child do all the rest, and execute the shell in it. In a shell script:\n\tunshare --pid --fork ...")},
	{7, []string{"seccomp", "prctl"}, saysDenied, lang.N("Who has no CAP_SYS_ADMIN may load a filter only with no_new_privs: prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) first.")},
	{7, []string{"seccomp", "prctl"}, saysInvalid, lang.N("The kernel does not take the filter: it must end with a return (0x06), no jump may lead past its end, and the number of instructions must be right. prctl(2) gets the address of struct sock_fprog: that number (16 bits), and at offset 8 the address of the first. Or it was PR_SET_NO_NEW_PRIVS, which wants 1 and then three zeros.")},
	{2, saysNoBash, []string{""}, lang.N("The root filesystem has no bash: execute /bin/sh. The command chroot takes what $SHELL names where it is given no command.")},
}

// hintOfWords is for what a program says of such an error.
func (r *run) hintOfWords(said string) string {
	says := func(word string) bool { return strings.Contains(said, word) }
	for _, c := range causes {
		if r.Lesson >= c.lesson && slices.ContainsFunc(c.call, says) && slices.ContainsFunc(c.error, says) {
			return lang.T(c.hint)
		}
	}
	return ""
}

// hintOfEnd is for how a program ended, whatever it said.
func (r *run) hintOfEnd(code int, said string) string {
	killed := code > 128 && code <= 128+64
	switch {
	case len(r.orphans()) > 0:
		return lang.T("Your program has ended, and a child of it lives on and does not read the script. Wait for the child, and let it have your standard input.")
	case r.Lesson >= 7 && code == 128+int(unix.SIGSYS):
		return lang.F("The filter refuses too much: execve(2) itself must pass it, and all that a shell calls when it starts. Look at the jumps: each counts the instructions that are skipped. The last calls before the end:\n\t%s", r.byHand("strace", "-f"))
	case killed:
		return lang.F("It was killed by signal %d, or says so. See what it does with:\n\t%s", code-128, r.byHand("strace", "-f"))
	case said == "":
		return lang.T("It ended and said nothing. Does it come as far as execve(2) of /bin/sh? An execve that fails returns: print its errno. Or has the shell read an empty standard input? It must inherit descriptor 0: in Go, cmd.Stdin = os.Stdin; in a shell script a command that ends with & has /dev/null there.")
	}
	return lang.F("What it said is below. Run it by hand in the same way:\n\t%s", r.byHand())
}

// longestTyped is how much of a command fits into a line of a hint.
const longestTyped = 72

// byHand is how a person starts the program as it is started here, in lines of a hint.
func (r *run) byHand(with ...string) string {
	typed := word.Line(r.Command)
	if before := strings.Join(with, " "); len(before)+1+len(typed) > longestTyped || strings.Contains(typed, "\n") {
		typed = "COMMAND"
	}
	return "echo 'echo hello' | sudo env ROOTFS=\"$(workshop rootfs path)\" \\\n\t  " + strings.Join(append(with, typed), " ")
}

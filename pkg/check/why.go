package check

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/internal/errname"
	"github.com/how-to-be-a-container/workshop/internal/word"
	"github.com/how-to-be-a-container/workshop/pkg/lang"
)

// Why is what kept a shell from answering.
type Why string

// The reasons.
const (
	NotFound      Why = "not-found"      // there is no such program
	NotExecutable Why = "not-executable" // it may not be executed, or is no program
	Ended         Why = "ended"          // it ended before any shell answered
	IgnoresInput  Why = "ignores-input"  // there is a shell, which does not read our script
	HidesOutput   Why = "hides-output"   // there is one that reads it, and its output does not reach us
	StartsNone    Why = "starts-none"    // it runs, and there is no shell
	WantsTerminal Why = "wants-terminal" // it wants a terminal
	PrintsOn      Why = "prints-on"      // it prints without end
	TooLong       Why = "too-long"       // the time was over
	Elsewhere     Why = "elsewhere"      // a shell answers that is none of its processes
)

// NoShell says why there was nothing to judge.
type NoShell struct {
	Why  Why    `json:"why"`
	Says string `json:"says"`           // for a person
	Code int    `json:"code,omitempty"` // the exit code, where it has ended
	hint string
}

// compilers are what makes a program of a source, by the end of its name.
var compilers = map[string]string{".go": "go build", ".c": "cc", ".rs": "rustc"}

// whyNotStarted says why a program could not be executed.
func whyNotStarted(lesson int, name string, err error) *NoShell {
	n := &NoShell{Why: NotExecutable, Says: lang.F("%s cannot be executed: %s", name, rootCause(err))}
	info, statErr := os.Stat(name)
	switch {
	case info != nil && info.Mode().IsRegular() && compilers[filepath.Ext(name)] != "":
		program := strings.TrimSuffix(name, filepath.Ext(name))
		if !strings.Contains(program, "/") {
			program = "./" + program // else it is looked for in PATH
		}
		n.hint = lang.F("It is the source of a program. Build that, and check it:\n\t%s -o %s %s && workshop check %d -- %s", compilers[filepath.Ext(name)], word.Quoted(program), word.Quoted(name), lesson, word.Quoted(program))
	case errors.Is(err, unix.ENOEXEC):
		n.hint = lang.F("A script's first line must say what executes it, such as #!/bin/sh or #!/usr/bin/perl; or say it here:\n\tworkshop check %d -- sh %s", lesson, word.Quoted(name))
	case statErr == nil && info.IsDir():
		n.hint = lang.T("It is a directory. Name the program in it.")
	case statErr == nil && info.Mode()&0o111 == 0 && strings.Contains(name, "/"):
		n.hint = lang.F("It is not executable. Make it so:\n\tchmod +x %s", word.Quoted(name))
	case statErr == nil && errors.Is(err, fs.ErrNotExist):
		n.hint = lang.T("The file is there, and what its first line names is not: look at the #! line, and for a carriage return at its end.")
	default:
		n.Why, n.Says = NotFound, lang.F("%s is not found", name)
		n.hint = notFoundHint(lesson, name)
	}
	return n
}

func notFoundHint(lesson int, name string) string {
	if !strings.Contains(name, "/") {
		path := word.Quoted("./" + name)
		info, err := os.Stat(name)
		switch {
		case err == nil && info.Mode()&0o111 == 0:
			return lang.F("A program of this directory is named with its path, and must be executable:\n\tchmod +x %s\n\tworkshop check %d -- %s", path, lesson, path)
		case err == nil:
			return lang.F("A program of this directory is named with its path:\n\t%s", path)
		}
		return lang.T("No directory of PATH has a program of that name; sudo has a PATH of its own. Give the path: ./box.sh, /home/me/box")
	}
	return lang.T("There is no such file. Is it the right directory?")
}

func rootCause(err error) error {
	var errno unix.Errno
	if errors.As(err, &errno) {
		return errname.Named(errno)
	}
	return err
}

// whyNoShell looks at what is there instead of an answering shell.
func (r *run) whyNoShell(err error) *NoShell {
	total := r.output.total()
	switch {
	case errors.Is(err, errElsewhere):
		return &NoShell{
			Why: Elsewhere, Says: lang.T("a shell answers, and it is no descendant of your program: somebody else has started it"),
			hint: lang.T("A client of a daemon, as docker is, has nothing to do with the container's processes. What is judged here is a program that builds the container itself."),
		}
	case r.wantsTerminal():
		return &NoShell{
			Why: WantsTerminal, Says: lang.T("your program wants a terminal"),
			hint: lang.T("The script comes through a pipe. Hand standard input on as it is: no setsid, no pty, no check for a terminal."),
		}
	case total > maxOutput:
		return &NoShell{
			Why: PrintsOn, Says: lang.F("your program printed %d bytes, and no shell answered", total),
			hint: lang.T("It prints in a loop. Only the shell's output belongs on standard output; what your program has to say belongs on standard error."),
		}
	case r.hasEnded():
		return r.whyEnded()
	}
	return r.whyWaits(err)
}

// aboutTerminals is what programs say when they miss one.
var aboutTerminals = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)not a (tty|terminal)|/dev/tty|inappropriate ioctl|a (tty|terminal) is required|requires? a (tty|terminal)|wants a (tty|terminal)`)
})

func (r *run) wantsTerminal() bool {
	return aboutTerminals().MatchString(strings.Join(r.output.lines(100), "\n"))
}

// whyWaits is for a program that is still there.
func (r *run) whyWaits(err error) *NoShell {
	tree := slices.DeleteFunc(r.descendants(), func(p process) bool { return p.pid == r.pid })
	shell := slices.IndexFunc(tree, func(p process) bool { return isShell(p) && len(below(tree, p.pid)) == 0 })
	n := &NoShell{Why: StartsNone, Says: lang.T("your program runs, and has started no shell")}
	switch {
	case shell >= 0:
		n = r.whyDeaf(tree[shell])
	case len(tree) > 0:
		n.Says = lang.F("your program runs, and none of its children is a shell that waits for input: %s", names(tree))
		n.hint = lang.T("Start what the arguments name, and /bin/sh where there are none. If that is done: is the shell a name that is not known here?")
	default:
		n.hint = lang.T("It has no child at all. fork(2), and execute /bin/sh in the child. Or does it read the script from standard input itself?")
	}
	r.sayHowLong(n, err)
	return n
}

// sayHowLong adds how long there was no answer: a program may only be slow.
func (r *run) sayHowLong(n *NoShell, err error) {
	switch {
	case errors.Is(err, errTooLong):
		n.Why, n.Says = TooLong, lang.F("no shell answered in the time that there is: %s", n.Says)
	case errors.Is(err, errSilent):
		n.Says = lang.F("nothing happened for %v: %s", r.stillness(), n.Says)
		n.hint += "\n" + lang.T("If it only needs longer: a quarter of --timeout is how long nothing may happen.")
	}
}

// isShell knows a shell by the file that it executes.
func isShell(p process) bool {
	exe, err := os.Readlink(fmt.Sprintf("/proc/%d/exe", p.pid))
	return err == nil && slices.Contains([]string{"sh", "dash", "bash", "ash", "busybox", "ksh", "zsh"}, filepath.Base(exe))
}

// whyDeaf is for a shell from which no answer comes: the script does not reach it,
// or its output does not reach us.
func (r *run) whyDeaf(shell process) *NoShell {
	in, out := opened(shell.pid, 0), opened(shell.pid, 1)
	if shares(shell.pid, 0, r.stdin) && !shares(shell.pid, 1, r.files[0]) {
		return &NoShell{
			Why: HidesOutput, Says: lang.F("there is a shell, process %s, and what it prints does not come to your program's standard output; its own is %s", shell, out),
			hint: lang.T("The shell must inherit descriptor 1 from your program: do not redirect or capture its output. In Python: no capture_output and no stdout=PIPE; in Perl: system, and no backquotes; in Go: cmd.Stdout = os.Stdout, and Run, not Output."),
		}
	}
	return &NoShell{
		Why: IgnoresInput, Says: lang.F("there is a shell, process %s, and it does not execute what comes through your program's standard input; its own is %s", shell, in),
		hint: lang.T("The shell must inherit descriptor 0 from your program: do not redirect it, and do not read from it yourself. In a shell script a command that ends with & has /dev/null there."),
	}
}

// shares tells whether a descriptor of a process is the same pipe: its two ends are one
// file. Fd would make ours one that waits in read(2), whatever the deadline.
func shares(pid, fd int, ours *os.File) bool {
	theirs, err := os.Stat(fmt.Sprintf("/proc/%d/fd/%d", pid, fd))
	if err != nil {
		return false
	}
	pipe, err := ours.Stat()
	return err == nil && os.SameFile(pipe, theirs)
}

// opened names what a descriptor of a process is.
func opened(pid, fd int) string {
	to, err := os.Readlink(fmt.Sprintf("/proc/%d/fd/%d", pid, fd))
	if err != nil {
		return lang.T("closed")
	}
	return harmless(to)
}

func names(list []process) string {
	var words []string
	for _, p := range list[:min(len(list), 4)] {
		words = append(words, p.String())
	}
	return strings.Join(words, ", ")
}

package check

import (
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/pkg/lang"
)

var forkExecPoints = []point{
	{lesson: 1, name: "child", says: lang.N("the shell is a child of your program"), judge: isChild, hint: childHint},
	{lesson: 1, name: "waits", says: lang.N("your program waits for it"), judge: waits, hint: waitsHint},
	{lesson: 1, name: "exit-code", says: lang.N("it ends with the shell's exit code"), judge: sameCode, hint: codeHint},
	{lesson: 1, name: "signal-code", says: lang.N("it ends with 128 + N where signal N ended the shell"), attacks: true, judge: sameSignal, hint: signalHint},
	{lesson: 1, name: "reaped", says: lang.N("nothing is left: no zombie, no process"), judge: nothingLeft, hint: leftHint},
}

func isChild(e *evidence) verdict {
	if e.shell.PID == e.pid {
		return fails(lang.F("process %d was your program, and is the shell now", e.pid))
	}
	return holds(lang.F("your program is process %d, the shell is process %d", e.pid, e.shell.PID))
}

func childHint(*evidence) string {
	return lang.T("execve(2) replaces the program and keeps the process, so yours is gone. Call fork(2) first, execute the shell in the child, and let the parent wait for it. In a shell script, run the command as it is, without exec before it.")
}

func waits(e *evidence) verdict {
	switch {
	case e.shell.PID == e.pid:
		return fails(lang.F("there is nobody who could wait"))
	case e.program == nil:
		return fails(lang.F("process %d had ended while the shell was still there", e.pid))
	}
	return holds(lang.F("process %d is there as long as the shell", e.pid))
}

func waitsHint(e *evidence) string {
	if e.shell.PID == e.pid {
		return childHint(e)
	}
	return lang.T("Your program ends before its shell. After fork(2) the parent must call waitpid(2) with the child's pid, which returns when the child has ended. In a shell script, no & at the end of the command.")
}

func sameCode(e *evidence) verdict {
	if e.stays {
		return fails(lang.F("the shell ended with %d, and your program does not end", e.want))
	}
	return given(e.got == e.want, lang.F("the shell ended with %d, and your program with %d", e.want, e.got))
}

func codeHint(e *evidence) string {
	name := ""
	if e.program != nil && len(e.program.Cmdline) > 0 {
		name = filepath.Base(e.program.Cmdline[0])
	}
	switch {
	case e.stays:
		return lang.T("Your program is still there 3 seconds after the shell's end. It must end when the child has: waitpid(2) returns then. If it copies the shell's input or output, that must not keep it.")
	case name == "go" && e.got == 1:
		return lang.F("`go run` ends with 1 whatever the program's exit code is. Build it first, and check the program itself:\n\tgo build -o box box.go && workshop check %d -- ./box", e.lesson)
	case e.got == 0:
		return lang.T("waitpid(2) gives a status, and the exit code is a part of it: WEXITSTATUS(status), which is status >> 8 (in Perl: $? >> 8). exit(status) itself gives 0, because only its lowest 8 bits count. In a shell script, straight after the command:\n\texit $?")
	case e.got > 128:
		return lang.F("Your program was ended by a signal, or gives 128 + N by itself: exit code %d. The shell ended by itself, with %d.", e.got, e.want)
	}
	return lang.T("Take the exit code from the status of waitpid(2), WEXITSTATUS(status), and end your program with it.")
}

func sameSignal(e *evidence) verdict {
	const want = 128 + int(unix.SIGKILL)
	if v, is := e.unclearSecond(); is {
		return v
	}
	switch {
	case e.shell.PID == e.pid:
		return fails(lang.F("there is nobody who could wait"))
	case e.second.got < 0:
		return fails(lang.F("the shell was killed by signal %d, and your program does not end", want-128))
	}
	return given(e.second.got == want, lang.F("the shell was killed by signal %d, and your program ended with %d", want-128, e.second.got))
}

func signalHint(e *evidence) string {
	switch {
	case e.shell.PID == e.pid:
		return childHint(e)
	case e.second.err != nil:
		return ""
	}
	return lang.T("A child that a signal has ended has no exit code, and its status is another one: where WIFSIGNALED(status) holds, end with 128 + WTERMSIG(status). In Perl:\n\texit($? & 127 ? 128 + ($? & 127) : $? >> 8)\nIn Go that is status.Signaled() and status.Signal() of syscall.WaitStatus. In a shell, $? is that already.")
}

func nothingLeft(e *evidence) verdict {
	switch {
	case e.stays:
		return unclear(lang.F("your program does not end"))
	case len(e.left) == 0:
		return holds(lang.F("every child was waited for"))
	}
	zombies := 0
	for _, p := range e.left {
		if p.zombie() {
			zombies++
		}
	}
	if zombies == len(e.left) {
		return fails(lang.F("a zombie, which nobody has waited for: %s", strings.Join(e.leftNames, ", ")))
	}
	return fails(lang.F("still there after your program's end: %s", strings.Join(e.leftNames, ", ")))
}

func leftHint(e *evidence) string {
	if names := e.living(); len(names) > 0 {
		return lang.F("Process %s was started by your program and outlives it. Wait for it, or end it, before you exit.", names[0])
	}
	return lang.T("A child that has ended is a zombie until its parent waits for it. Call waitpid(2) for every child that you have forked.")
}

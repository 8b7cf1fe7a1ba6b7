package seccomp

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/pkg/lang"
	"github.com/how-to-be-a-container/workshop/pkg/nearest"
)

// Action is what a filter returns for a system call: SECCOMP_RET_* in the upper
// 16 bits, and data for it, such as an errno, in the lower ones.
type Action uint32

// The actions, from the strictest to the mildest: of several filters the
// strictest action counts. There is none that kills only the thread: the rest
// of its process would wait for it forever.
const (
	Kill   Action = unix.SECCOMP_RET_KILL_PROCESS // the process dies of SIGSYS, uncatchable
	Trap   Action = unix.SECCOMP_RET_TRAP         // the thread gets SIGSYS, which it may catch
	Errno  Action = unix.SECCOMP_RET_ERRNO        // the call fails with the errno in the data
	Notify Action = unix.SECCOMP_RET_USER_NOTIF   // the supervisor answers: seccomp_unotify(2)
	Trace  Action = unix.SECCOMP_RET_TRACE        // the tracer is told: ptrace(2)
	Log    Action = unix.SECCOMP_RET_LOG          // the call is made, and the kernel writes a record
	Allow  Action = unix.SECCOMP_RET_ALLOW        // the call is made
)

const (
	actionMask = 0xffff0000 // SECCOMP_RET_ACTION_FULL
	dataMask   = 0x0000ffff // SECCOMP_RET_DATA
	maxErrno   = 4095
)

var actionNames = map[Action]string{
	Kill: "kill", Trap: "trap", Errno: "errno", Notify: "notify", Trace: "trace", Log: "log", Allow: "allow",
	unix.SECCOMP_RET_KILL_THREAD: "kill-thread",
}

// Refuse is the action that makes a call fail with an errno.
func Refuse(errno unix.Errno) Action { return Errno | Action(errno) }

// Kind is the action without its data.
func (a Action) Kind() Action { return a & actionMask }

// Errno is the errno of an Errno action.
func (a Action) Errno() unix.Errno { return unix.Errno(a & dataMask) }

// Makes tells whether the call is made without anybody being asked.
func (a Action) Makes() bool { return a.Kind() == Allow || a.Kind() == Log }

// String formats as in a rule: "kill", "errno=EPERM".
func (a Action) String() string {
	name, ok := actionNames[a.Kind()]
	switch {
	case !ok: // a kernel that does not know the action kills the process
		return fmt.Sprintf("unknown %#x", uint32(a))
	case a.Kind() == Errno:
		return name + "=" + errnoName(a.Errno())
	}
	return name
}

// MarshalText formats as String.
func (a Action) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// stricter orders as the kernel does: as signed numbers, the lower the stricter.
func stricter(a, b Action) bool { return int32(a.Kind()) < int32(b.Kind()) }

// parseAction reads the part of a rule before the colon: "kill", "errno=EPERM",
// "notify=0".
func parseAction(text string) (Action, Answer, error) {
	name, value, hasValue := strings.Cut(text, "=")
	var names []string
	for a, n := range actionNames {
		if a == unix.SECCOMP_RET_KILL_THREAD {
			continue
		}
		if n == name {
			return actionWith(a, value, hasValue)
		}
		names = append(names, n)
	}
	return 0, Answer{}, fmt.Errorf("no action %q%s; the actions are kill, trap, errno, notify, trace, log, allow",
		name, nearest.Hint(name, names))
}

func actionWith(a Action, value string, hasValue bool) (Action, Answer, error) {
	switch {
	case a == Notify:
		answer, err := parseAnswer(value, hasValue)
		return a, answer, err
	case a == Errno && !hasValue:
		return Refuse(unix.EPERM), Answer{}, nil
	case a == Errno:
		errno, err := parseErrno(value)
		return Refuse(errno), Answer{}, err
	case hasValue:
		return 0, Answer{}, fmt.Errorf("%s=%s: only errno and notify take a value", a, value)
	}
	return a, Answer{}, nil
}

// Answer is what the supervisor says to a call that a notify rule hands to it.
type Answer struct {
	Continue bool       `json:"continue,omitempty"` // the kernel makes the call after all
	Errno    unix.Errno `json:"errno,omitempty"`    // it fails
	Value    int64      `json:"value"`              // it "succeeds" with this, and nothing was done
}

// String formats as the value of a notify rule, and says what it means.
func (a Answer) String() string {
	switch {
	case a.Continue:
		return "go on"
	case a.Errno != 0:
		return "-1 " + unix.ErrnoName(a.Errno)
	}
	return strconv.FormatInt(a.Value, 10)
}

func parseAnswer(value string, hasValue bool) (Answer, error) {
	if !hasValue || value == "continue" {
		return Answer{Continue: true}, nil
	}
	if n, err := strconv.ParseInt(value, 10, 32); err == nil && n >= 0 {
		return Answer{Value: n}, nil
	}
	errno, err := parseErrno(value)
	if err != nil {
		return Answer{}, fmt.Errorf("notify=%s: say continue, a number to return, or an errno: %w", value, err)
	}
	return Answer{Errno: errno}, nil
}

// secondNames are those of errno(3) for a number that has another name too.
var secondNames = map[string]unix.Errno{
	"EWOULDBLOCK": unix.EWOULDBLOCK, "EDEADLOCK": unix.EDEADLOCK, "EOPNOTSUPP": unix.EOPNOTSUPP, "ENOTSUP": unix.ENOTSUP,
}

// parseErrno reads a name or a number.
func parseErrno(value string) (unix.Errno, error) {
	if n, err := strconv.ParseUint(value, 10, 16); err == nil {
		if n == 0 || n > maxErrno {
			return 0, fmt.Errorf("errno %d: an errno is from 1 to %d", n, maxErrno)
		}
		return unix.Errno(n), nil
	}
	if errno, ok := secondNames[strings.ToUpper(value)]; ok {
		return errno, nil
	}
	names := slices.Sorted(maps.Keys(secondNames))
	for n := unix.Errno(1); n < 134; n++ {
		switch name := unix.ErrnoName(n); name {
		case "":
		case strings.ToUpper(value):
			return n, nil
		default:
			names = append(names, name)
		}
	}
	return 0, fmt.Errorf("no errno %q%s; see: errno(3)", value, nearest.Hint(value, names))
}

func errnoName(e unix.Errno) string {
	if name := unix.ErrnoName(e); name != "" {
		return name
	}
	return strconv.Itoa(int(e))
}

// Words says what happens to a call.
func (a Action) Words() string {
	switch a.Kind() {
	case Kill:
		return lang.T("kill the process")
	case unix.SECCOMP_RET_KILL_THREAD:
		return lang.T("kill the thread")
	case Trap:
		return lang.T("send SIGSYS, which the program may catch")
	case Errno:
		return lang.F("fail with %s", errnoName(a.Errno()))
	case Notify:
		return lang.T("ask the supervisor")
	case Trace:
		return lang.T("tell the tracer")
	case Log:
		return lang.T("make the call, and write a record")
	case Allow:
		return lang.T("make the call")
	}
	return a.String()
}

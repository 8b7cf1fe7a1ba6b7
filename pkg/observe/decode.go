package observe

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/sys/unix"
)

// ParseMask reads a set as /proc/PID/status writes it: hexadecimal, bit 0 for
// capability 0 (CapEff and its like) or for signal 1 (SigIgn and its like).
func ParseMask(hex string) (uint64, error) {
	mask, err := strconv.ParseUint(hex, 16, 64)
	if err != nil {
		return 0, fmt.Errorf("parse mask %q: %w: it must be up to 16 hexadecimal digits", hex, err)
	}
	return mask, nil
}

// SignalName gives the name of a signal number: signal(7). From 32 up signals
// are real-time ones, of which the C library keeps 32 and 33 for itself:
// "SIG32", "SIG33", "SIGRTMIN", "SIGRTMIN+1", ...
func SignalName(number int) string {
	const rtmin = 34
	if name := unix.SignalName(unix.Signal(number)); name != "" {
		return name
	}
	switch {
	case number == rtmin:
		return "SIGRTMIN"
	case number > rtmin && number <= 64:
		return "SIGRTMIN+" + strconv.Itoa(number-rtmin)
	}
	return "SIG" + strconv.Itoa(number)
}

// SignalNames gives the names of the signals in a set of /proc/PID/status, in
// which bit 0 is signal 1.
func SignalNames(mask uint64) []string {
	return bitNames(mask, func(bit int) string { return SignalName(bit + 1) })
}

func bitNames(mask uint64, name func(bit int) string) []string {
	var names []string
	for bit := range 64 {
		if mask&(1<<bit) != 0 {
			names = append(names, name(bit))
		}
	}
	return names
}

// SeccompMode gives the name of a mode in the Seccomp field: "none", "strict"
// or "filter", as in seccomp(2), or "killed".
func SeccompMode(value string) string {
	switch value {
	case "0":
		return "none"
	case "1":
		return "strict"
	case "2":
		return "filter"
	case "3": // SECCOMP_MODE_DEAD of the kernel's own: a filter has killed it
		return "killed"
	}
	return "unknown"
}

// ParseNamespace splits a link such as "pid:[4026531836]": namespaces(7).
func ParseNamespace(link string) (kind string, inode uint64, err error) {
	kind, rest, _ := strings.Cut(link, ":[")
	inode, err = strconv.ParseUint(strings.TrimSuffix(rest, "]"), 10, 64)
	if err != nil || kind == "" {
		return "", 0, fmt.Errorf("parse namespace %q: %w: it must look like pid:[4026531836]", link, unix.EINVAL)
	}
	return kind, inode, nil
}

// life is what the letter of State comes down to.
type life string

const (
	lifeRuns    life = "runs"
	lifeStopped life = "stopped"
	lifeEnded   life = "ended"
)

// lifeOf judges a State such as "S (sleeping)". A tracing stop ("t") is the
// tracer's doing and counts as running.
func lifeOf(state string) life {
	switch state, _, _ = strings.Cut(state, " "); state {
	case "Z", "X", "x":
		return lifeEnded
	case "T":
		return lifeStopped
	}
	return lifeRuns
}

// decodeIDs writes the four ids of Uid or Gid: credentials(7).
func decodeIDs(value string) string {
	ids := strings.Fields(value)
	if len(ids) != 4 {
		return oneLine(value)
	}
	if ids[0] == ids[1] && ids[1] == ids[2] && ids[2] == ids[3] {
		return ids[0]
	}
	return fmt.Sprintf("real %s, effective %s, saved %s, fs %s", ids[0], ids[1], ids[2], ids[3])
}

// decodeCommand writes argv as one would type it, near enough to read.
func decodeCommand(argv []string) string {
	words := make([]string, len(argv))
	for i, arg := range argv {
		words[i] = arg
		if arg == "" || strings.Contains(arg, " ") || !isPrintable(arg) {
			words[i] = strconv.Quote(arg)
		}
	}
	return strings.Join(words, " ")
}

// Printable quotes text that would do something to a terminal: a process
// chooses its own arguments and file names. What is no UTF-8 is among it: to a
// terminal of 8 bits 0x9b is the same as ESC [.
func Printable(text string) string {
	if isPrintable(text) {
		return text
	}
	return strconv.Quote(text)
}

func isPrintable(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) })
}

// oneLine writes tabs as single spaces.
func oneLine(value string) string {
	return Printable(strings.Join(strings.Fields(value), " "))
}

func devString(dev uint64) string {
	return fmt.Sprintf("%d:%d", unix.Major(dev), unix.Minor(dev))
}

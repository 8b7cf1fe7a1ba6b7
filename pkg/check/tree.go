package check

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// process is one line of the process table: proc_pid_stat(5).
type process struct {
	pid, parent int
	state       string // "S", "Z", ...
	start       string // in clock ticks since boot: with the pid it names a process
	cpu         uint64 // clock ticks that it has used
	name        string // comm
}

func (p process) zombie() bool { return p.state == "Z" || p.state == "X" }

// String names a process as ps(1) does.
func (p process) String() string {
	if p.zombie() {
		return fmt.Sprintf("%d [%s]", p.pid, harmless(p.name))
	}
	b, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", p.pid))
	words := strings.TrimSpace(harmless(string(bytes.ReplaceAll(b, []byte{0}, []byte{' '}))))
	if words == "" {
		words = harmless(p.name)
	}
	if r := []rune(words); len(r) > 40 {
		words = string(r[:40]) + "..."
	}
	return fmt.Sprintf("%d (%s)", p.pid, words)
}

// stat reads one process. A process that has ended meanwhile gives an error.
func stat(pid int) (process, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return process{}, err
	}
	// The name is in brackets, and may have any character in it.
	open, end := bytes.IndexByte(b, '('), bytes.LastIndexByte(b, ')')
	if open < 0 || end < open {
		return process{}, fmt.Errorf("/proc/%d/stat: %w", pid, unix.EINVAL)
	}
	f := strings.Fields(string(b[end+1:]))
	if len(f) < 20 {
		return process{}, fmt.Errorf("/proc/%d/stat: %w", pid, unix.EINVAL)
	}
	p := process{pid: pid, state: f[0], start: f[19], name: string(b[open+1 : end])}
	p.parent, _ = strconv.Atoi(f[1])
	user, _ := strconv.ParseUint(f[11], 10, 64)
	system, _ := strconv.ParseUint(f[12], 10, 64)
	p.cpu = user + system
	return p, nil
}

// all reads the process table.
func all() []process {
	var list []process
	dirs, _ := filepath.Glob("/proc/[0-9]*")
	for _, dir := range dirs {
		pid, err := strconv.Atoi(filepath.Base(dir))
		if err != nil {
			continue
		}
		if p, err := stat(pid); err == nil {
			list = append(list, p)
		}
	}
	return list
}

// below lists the processes below one, the nearest first.
func below(table []process, pid int) []process {
	var found []process
	for next := []int{pid}; len(next) > 0; next = next[1:] {
		for _, p := range table {
			if p.parent == next[0] && p.pid != pid {
				found, next = append(found, p), append(next, p.pid)
			}
		}
	}
	return found
}

// descendants lists what the program has started, itself too: this process is
// the subreaper, see PR_SET_CHILD_SUBREAPER in prctl(2), so also what a daemon
// started is below us.
func (r *run) descendants() []process {
	table := slices.DeleteFunc(all(), func(p process) bool { return r.others[p.pid] })
	return below(table, os.Getpid())
}

func has(list []process, pid int) bool {
	return slices.ContainsFunc(list, func(p process) bool { return p.pid == pid })
}

// orphans lists what has lost its parent and came to us, dead or alive.
func (r *run) orphans() []process {
	return slices.DeleteFunc(r.descendants(), func(p process) bool {
		return p.parent != os.Getpid() || p.pid == r.pid
	})
}

// killTime is how long processes may take to end that were killed.
const killTime = 5 * time.Second

// killProgram ends the program itself, whatever the process table shows.
func (r *run) killProgram() error {
	if err := r.kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("kill process %d, the program: %w", r.pid, err)
	}
	select {
	case <-r.ended:
		return nil
	case <-time.After(killTime):
		return fmt.Errorf("process %d, the program, was killed and does not end: %w", r.pid, unix.EBUSY)
	}
}

// killTree ends all descendants. A process that was forked meanwhile has a parent
// that was listed. One whose parent ended while the table was read is below nobody in
// it, and our own child in the next: so two empty lists are the truth.
func (r *run) killTree() error {
	wait, deadline := time.Millisecond, time.Now().Add(killTime)
	for empty := 0; empty < 2; wait = min(2*wait, 50*time.Millisecond) {
		left := r.killListed()
		if left == 0 {
			empty++
			continue
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("%d processes of the program do not end: %w", left, unix.EBUSY)
		}
		empty = 0
		time.Sleep(wait)
	}
	return nil
}

// killListed kills those that the table shows, and counts them. A dead one counts until
// it is reaped: with threads left its first is a zombie, and its children still have it.
func (r *run) killListed() (left int) {
	for _, p := range r.descendants() {
		if p.zombie() && (p.pid == r.pid || reap(p)) { // the program's own is for who waits for it
			continue
		}
		left++
		kill(p)
	}
	return left
}

// reap takes a zombie that came to us.
func reap(p process) bool {
	if p.parent != os.Getpid() {
		return false
	}
	got, _ := unix.Wait4(p.pid, nil, unix.WNOHANG, nil)
	return got == p.pid
}

// kill ends a process, unless the pid is another's by now.
func kill(p process) {
	fd, err := unix.PidfdOpen(p.pid, 0)
	if errors.Is(err, unix.ENOSYS) { // before Linux 5.3
		_ = unix.Kill(p.pid, unix.SIGKILL)
		return
	}
	if err != nil {
		return
	}
	defer unix.Close(fd)
	if now, err := stat(p.pid); err == nil && now.start == p.start {
		_ = unix.PidfdSendSignal(fd, unix.SIGKILL, nil, 0)
	}
}

package lesson

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// endGroup asks every process of a process group to end, and ends those that do
// not; see kill(2).
func endGroup(group int) {
	for _, signal := range []unix.Signal{unix.SIGTERM, unix.SIGKILL} {
		if unix.Kill(-group, signal) != nil {
			return // none is left
		}
		for start := time.Now(); time.Since(start) < grace; time.Sleep(5 * time.Millisecond) {
			if !alive(group) {
				return
			}
		}
	}
}

// alive tells whether a process of the group is no zombie. kill(2) finds zombies
// too, and an orphan stays one until process 1 cares.
func alive(group int) bool {
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, file := range stats {
		b, _ := os.ReadFile(file)
		// After the name, which may hold anything: state, parent, group. proc_pid_stat(5)
		f := strings.Fields(string(b[strings.LastIndexByte(string(b), ')')+1:]))
		if len(f) > 2 && f[2] == strconv.Itoa(group) && f[0] != "Z" && f[0] != "X" {
			return true
		}
	}
	return false
}

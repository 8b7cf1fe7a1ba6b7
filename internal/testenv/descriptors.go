package testenv

import (
	"os"
	"runtime/debug"
	"testing"
)

// ClosesDescriptors fails the test where f leaves a file open that it has opened.
func ClosesDescriptors(t testing.TB, f func()) {
	t.Helper()
	defer debug.SetGCPercent(debug.SetGCPercent(-1)) // the collector would close an os.File
	f()                                              // some are opened once, and for ever
	before, times := descriptors(t), 50
	for range times {
		f()
	}
	if after := descriptors(t); after >= before+times { // others may open a few meanwhile
		t.Errorf("%d descriptors are open, and after %d calls %d", before, times, after)
	}
}

func descriptors(t testing.TB) int {
	t.Helper()
	list, err := os.ReadDir("/proc/self/fd")
	must(t, err)
	return len(list)
}

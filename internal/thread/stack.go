package thread

// GrowStack makes the stack of this goroutine large at once, while there is next
// to nothing on it. Else it doubles again and again, and each time all that is
// there is copied: half a millisecond of a run.
//
//go:noinline
func GrowStack(at int) byte {
	var room [16 << 10]byte
	return room[at]
}

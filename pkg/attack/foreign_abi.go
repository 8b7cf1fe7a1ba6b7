package attack

// ForeignABI makes a directory by a call that a filter may take for another: an
// architecture's second ABI has other numbers. A filter that does not look at
// the ABI takes the mkdir of a 32-bit call, 39, for amd64's getpid. One that
// forbids getpid may let pwritev through, for which it takes mkdirat, 296.
var ForeignABI = &Probe{
	Name:  "foreign-abi",
	Stops: "seccomp",
	Tries: "make a directory by a call of another ABI",
	Run:   foreignABI,
	Why:   filters,
}

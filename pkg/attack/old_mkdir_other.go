//go:build !amd64

package attack

// OldMkdir is nil: this architecture has mkdirat alone.
var OldMkdir *Probe

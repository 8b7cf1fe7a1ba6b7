//go:build 386 || arm || mips || mipsle

package seccomp

// The build ends here: the kernel's structures are filled in as those of 64 bits.
var _ int = "workshop needs 64 bits: GOARCH=amd64 or arm64"

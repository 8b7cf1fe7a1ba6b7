// Package seccomp turns rules and Docker's JSON profiles into filters for
// seccomp(2), and reads filters back: what they do with each system call, and
// instruction by instruction.
//
// It loads nothing: installing a filter is a step of the container, which only
// hands ready instructions to the kernel.
//
// # What a filter looks like here
//
// Each one begins with the guard: a call that comes through another ABI, such as
// int 0x80 on amd64, kills the process. Another ABI has other numbers, so a
// filter that knows ours would let the wrong calls through.
//
// Then come the numbers of the calls in their order, those that follow one another
// as one range, and the answer behind them. A call that is decided by its arguments
// has a part of its own.
//
// The kernel asks every filter of a process, and the strictest answer counts.
//
// It rests on seccomp(2), seccomp_unotify(2), ptrace(2) and the kernel's
// Documentation/userspace-api/seccomp_filter.rst.
package seccomp

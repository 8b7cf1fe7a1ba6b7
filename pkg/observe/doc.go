// Package observe reads a process through /proc, from outside, and says in
// words what changed between two readings.
//
// [Take] makes a [Snapshot] of one process at one moment: its status, its
// namespaces, root, working directory and program, its cgroups, mounts, LSM
// label, descriptors, mappings, id maps, clock offsets and limits.
// [Diff] compares two snapshots and gives a list of [Change]: only what
// changed, decoded, each with half a line that says what the field means.
//
//	before, err := observe.Take(pid)
//	// ... the process drops CAP_SYS_TIME ...
//	after, err := observe.Take(pid)
//	for _, c := range observe.Diff(before, after) {
//		fmt.Println(c.Field, c.Summary(), c.Meaning)
//	}
//
// # Why from outside
//
// A process can tell anything about itself, and after chroot(2), a lost
// capability or a seccomp filter it cannot tell much. /proc/PID is the
// kernel's word, and reading it needs nothing of the process: it works while
// the process is stopped, confined or dead.
//
// Two things follow. What a link or a mount is called is how the reader sees
// it: a root that was swapped by pivot_root(2) still reads "/", so a [Link]
// also has the device and inode, which tell roots apart. And /proc/PID/status
// describes the thread-group leader: an attribute that another thread changed
// for itself alone is not in it.
//
// # What is empty
//
// A field is empty where the kernel has nothing to say: a zombie has no root,
// a kernel without an LSM has no label. A file that the kernel refuses to show
// to this reader (ptrace(2), "Ptrace access mode checking") is named in
// [Snapshot.Denied], and Diff leaves it out: what was not read did not change.
//
// # What Diff leaves out
//
// Counters and sizes that move by themselves (Vm*, Rss*, context switches,
// pending signals), who traces the process, and what another field already
// says. State is a change only when the process stops, goes on or dies;
// Threads only when another program was executed, which ends every thread
// but one. The snapshots keep all of it.
//
// It rests on proc(5) and the man pages named at each type.
package observe

package steps

// ForkExec adds nothing: clone, execve and wait make a process, and a process
// whose attributes nobody changed in between is not a container yet.
var ForkExec = &Step{
	Name:   "fork-exec",
	Lesson: 1,
	Does:   "nothing yet: clone, execve, wait",
}

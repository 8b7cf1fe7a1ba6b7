// Command box [COMMAND...]: a shell that cannot make a directory.
package main

import (
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"strings"
	"syscall"
	"unsafe"
)

func main() {
	// What the child changes, a thread has for itself: stay on this one.
	runtime.LockOSThread()
	if len(os.Args) > 2 && os.Args[1] == "child" {
		child(os.Args[2], os.Args[3:])
	}
	os.Exit(parent(fmt.Sprintf("box-%d", os.Getpid()), os.Args[1:]))
}

func parent(name string, command []string) int {
	if len(command) == 0 {
		command = []string{"/bin/sh"}
	}
	// A mkdir makes a group. The limit comes before the first process.
	group := pidsTree() + "/" + name
	must("make a group", os.Mkdir(group, 0o755))
	defer os.Remove(group)
	put("32", group+"/pids.max")
	// Ctrl-C is for the child: who waits goes on. execve forgets this.
	signal.Notify(make(chan os.Signal, 1), os.Interrupt)
	// Go runs none of our code between fork and exec: so the child executes
	// this program again, which changes itself and executes the command.
	args := append([]string{"box", "child", name}, command...)
	pid, err := syscall.ForkExec("/proc/self/exe", args, &syscall.ProcAttr{
		Env:   os.Environ(),
		Files: []uintptr{0, 1, 2}, // as ours: a terminal, or pipes
		Sys: &syscall.SysProcAttr{
			// clone(2): the child is process 1 of a pid namespace.
			Cloneflags: syscall.CLONE_NEWNS | syscall.CLONE_NEWPID |
				syscall.CLONE_NEWUTS | syscall.CLONE_NEWIPC |
				syscall.CLONE_NEWNET,
			// It ends with us; with process 1, all others end.
			Pdeathsig: syscall.SIGKILL,
		},
	})
	must("clone", err)
	return wait(pid)
}

// pidsTree finds the groups that count processes. Version 1 has a tree for
// them; version 2 has one tree, and a group must pass a controller on.
func pidsTree() string {
	mounts, err := os.ReadFile("/proc/self/mountinfo")
	must("read mountinfo", err)
	v2 := ""
	for _, line := range strings.Split(string(mounts), "\n") {
		mount, fs, ok := strings.Cut(line, " - ")
		if !ok {
			continue
		}
		dir, kind := strings.Fields(mount)[4], strings.Fields(fs)
		pids := strings.Contains(","+kind[2]+",", ",pids,")
		if kind[0] == "cgroup" && pids {
			return dir
		}
		if kind[0] == "cgroup2" {
			v2 = dir
		}
	}
	put("+pids", v2+"/cgroup.subtree_control")
	return v2
}

func child(name string, command []string) {
	root := os.Getenv("ROOTFS")
	// 0 is who writes. What it forks from here on is born in the group.
	put("0", pidsTree()+"/"+name+"/cgroup.procs")
	// What happens to a shared mount would happen on the host as well.
	err := syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, "")
	must("mount --make-rprivate /", err)
	// A new root must be a mount point: bound to itself, any directory is.
	err = syscall.Mount(root, root, "", syscall.MS_BIND|syscall.MS_REC, "")
	must("mount --rbind $ROOTFS="+root, err)
	// "." is the new root from here on, whatever happens to the paths.
	must("chdir "+root, syscall.Chdir(root))
	// The old root lands on top of the new one: it needs no directory.
	must("pivot_root", syscall.PivotRoot(".", "."))
	// Take it off: until then the host is one ".." away.
	must("umount2", syscall.Unmount(".", syscall.MNT_DETACH))
	must("chdir /", syscall.Chdir("/"))
	// It shows the pid namespace of who mounts it: so the child must do it.
	must("mount /proc", syscall.Mount("proc", "/proc", "proc", 0, ""))
	// A new uts namespace begins with the name of the old one.
	must("sethostname", syscall.Sethostname([]byte("box")))
	path, err := exec.LookPath(command[0])
	must("find "+command[0], err)
	// After all that may need them: they never come back. The bounding
	// set is what execve lets root have: from there on they are in no set.
	prctl(24, 18, nil) // PR_CAPBSET_DROP, CAP_SYS_CHROOT
	prctl(24, 25, nil) // PR_CAPBSET_DROP, CAP_SYS_TIME
	// Last: a filter may forbid what the others need.
	installFilter()
	// execve(2): another program, and the same process.
	must("exec "+path, syscall.Exec(path, command, os.Environ()))
}

// installFilter gives the thread a program that the kernel runs for every call.
func installFilter() {
	arch, refused := uint32(0xc000003e), []uint32{83, 258} // mkdir, mkdirat
	if runtime.GOARCH == "arm64" {
		arch, refused = 0xc00000b7, []uint32{34} // mkdirat; no mkdir
	}
	const load, equal, atLeast, answer = 0x20, 0x15, 0x35, 0x06
	// An instruction: what to do, jump if true, jump if false, constant.
	ins := func(op uint16, jt, jf uint8, k uint32) syscall.SockFilter {
		return syscall.SockFilter{Code: op, Jt: jt, Jf: jf, K: k}
	}
	code := []syscall.SockFilter{
		ins(load, 0, 0, 4),            // the architecture of the call
		ins(equal, 1, 0, arch),        // ours: jump over the next one
		ins(answer, 0, 0, 0x80000000), // other numbers than ours: kill
		ins(load, 0, 0, 0),            // the number of the call
		ins(atLeast, 0, 1, 1<<30),     // as large as that: those of x32
		ins(answer, 0, 0, 0x80000000), // kill
	}
	for _, number := range refused {
		code = append(code, ins(equal, 0, 1, number),
			ins(answer, 0, 0, 0x50001)) // errno 1: EPERM
	}
	code = append(code, ins(answer, 0, 0, 0x7fff0000)) // allow all else
	program := syscall.SockFprog{Len: uint16(len(code)), Filter: &code[0]}
	prctl(22, 2, &program) // PR_SET_SECCOMP, SECCOMP_MODE_FILTER
}

// prctl changes one attribute of the thread: prctl(2).
func prctl(option, value uintptr, program *syscall.SockFprog) {
	_, _, errno := syscall.Syscall(syscall.SYS_PRCTL, option, value,
		uintptr(unsafe.Pointer(program)))
	if errno != 0 {
		must("prctl", errno)
	}
}

// wait gives the exit code of a process, or 128 + the number of the signal that
// ended it. Until somebody asks, a dead child is a zombie: wait4(2).
func wait(pid int) int {
	var status syscall.WaitStatus
	_, err := syscall.Wait4(pid, &status, 0, nil)
	must("wait4", err)
	if status.Signaled() {
		return 128 + int(status.Signal())
	}
	return status.ExitStatus()
}

// put writes a text into a file of the kernel's: one write(2).
func put(text, file string) {
	f, err := os.OpenFile(file, os.O_WRONLY, 0)
	must("put "+text, err)
	defer f.Close()
	_, err = f.WriteString(text)
	must("put "+text, err)
}

// must ends the program where a call has failed.
func must(what string, err error) {
	if err != nil {
		fmt.Fprintf(os.Stderr, "box: %s: %v\n", what, err)
		os.Exit(1)
	}
}

package cgroup_test

import (
	"fmt"
	"os"
	"os/exec"

	"github.com/how-to-be-a-container/workshop/pkg/cgroup"
)

// A group that has room for 20 processes, and a shell that enters it.
func Example() {
	tree, err := cgroup.Find("pids")
	if err != nil {
		fmt.Println(err)
		return
	}
	dir, err := tree.Make(fmt.Sprint("example-", os.Getpid()), "pids")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer cgroup.Destroy(dir)
	if err := cgroup.Write(dir+"/pids.max", "20"); err != nil { // before the first member
		fmt.Println(err)
		return
	}
	cmd := exec.Command("sh", "-c", `echo 0 >"$0/cgroup.procs"; echo $(cat "$0/pids.max") at most`, dir)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	fmt.Println(cmd.Run())
	pids, err := cgroup.ReadPids(dir)
	fmt.Println(pids.Limit(), err)
	// Output:
	// 20 at most
	// <nil>
	// 20 <nil>
}

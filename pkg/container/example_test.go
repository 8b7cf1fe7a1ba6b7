package container_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/how-to-be-a-container/workshop/pkg/container"
	"github.com/how-to-be-a-container/workshop/pkg/observe"
	"github.com/how-to-be-a-container/workshop/pkg/rootfs"
	"github.com/how-to-be-a-container/workshop/pkg/steps"
)

// A command in a chroot: this is the whole program.
func Example() {
	dir, err := rootfs.Find("busybox")
	if err != nil {
		fmt.Println(err)
		return
	}
	c := container.Container{
		Steps:  []*steps.Step{steps.Chroot},
		Rootfs: dir,
		Args:   []string{"cat", "/etc/hostname"},
	}
	code, err := c.Run(context.Background())
	fmt.Println("exit code", code, err)
	// Output:
	// workshop-busybox
	// exit code 0 <nil>
}

// fields is a Watcher that prints what each step changes.
type fields struct{}

func (fields) Before(context.Context, *container.Moment) error { return nil }

func (fields) After(_ context.Context, m *container.Moment) error {
	if m.Step == nil {
		return nil
	}
	var names []string
	for _, c := range observe.Diff(m.Before, m.After) {
		names = append(names, c.Field)
	}
	fmt.Println(m.Name, "changed", strings.Join(names, " and "))
	return nil
}

// A watcher sees the process before and after each step.
func ExampleWatcher() {
	dir, err := rootfs.Find("busybox")
	if err != nil {
		fmt.Println(err)
		return
	}
	c := container.Container{
		Steps:   []*steps.Step{steps.Chroot},
		Rootfs:  dir,
		Args:    []string{"true"},
		Watcher: fields{},
	}
	_, err = c.Run(context.Background())
	fmt.Println(err)
	// Output:
	// chroot changed root and cwd and mountinfo
	// <nil>
}

// An error of the child keeps its errno on the way to its supervisor.
func ExampleExitCode() {
	c := container.Container{Args: []string{"/no/such/command"}}
	_, err := c.Run(context.Background())
	fmt.Println(err)
	fmt.Println("exit code", container.ExitCode(err))
	// Output:
	// execve /no/such/command: no such file or directory
	// exit code 127
}

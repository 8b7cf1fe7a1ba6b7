package attack_test

import (
	"context"
	"fmt"

	"github.com/how-to-be-a-container/workshop/pkg/attack"
	"github.com/how-to-be-a-container/workshop/pkg/container"
	"github.com/how-to-be-a-container/workshop/pkg/rootfs"
	"github.com/how-to-be-a-container/workshop/pkg/steps"
)

// The same attack against two layers. The program's main calls [attack.Main] first.
func ExampleAgainst() {
	dir, err := rootfs.Find("busybox")
	if err != nil {
		fmt.Println(err)
		return
	}
	tools, err := rootfs.Tools() // this program, for the probe
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, layer := range []*steps.Step{steps.Chroot, steps.PivotRoot} {
		c := container.Container{Steps: []*steps.Step{layer}, Rootfs: dir, Tools: tools}
		r, err := attack.Against(context.Background(), attack.ChrootEscape.Name, c)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(layer.Name, attack.ChrootEscape.Verdict(r))
	}
	// Output:
	// chroot The attack succeeded: leave the root directory by a second chroot.
	// pivot-root The attack was stopped: every call succeeded, and / is still the same directory: there is nothing above it.
}

package attack

import (
	"os"

	"github.com/how-to-be-a-container/workshop/pkg/observe"
)

// View is how the kernel shows the process of a probe as it begins.
type View struct {
	*observe.Snapshot

	// Supervisor is the thread that cloned the container, of which some namespaces
	// stand in for the host's. It is nil for a container of another program.
	Supervisor *observe.Snapshot
}

// has tells whether a set of capabilities, such as CapEff, has this one.
func (v View) has(set, capability string) bool {
	mask, err := observe.CapMask([]string{capability})
	if err != nil {
		return false
	}
	held, err := observe.ParseMask(v.Get(set))
	return err == nil && held&mask != 0
}

// hostNamespace is this process's own; "" where there is no such kind.
func hostNamespace(kind string) string {
	link, _ := os.Readlink("/proc/self/ns/" + kind)
	return link
}

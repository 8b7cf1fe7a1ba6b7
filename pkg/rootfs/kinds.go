package rootfs

import (
	"fmt"
	"strings"

	"github.com/how-to-be-a-container/workshop/pkg/lang"
	"github.com/how-to-be-a-container/workshop/pkg/nearest"
	rootfsscripts "github.com/how-to-be-a-container/workshop/rootfs-scripts"
)

// Kinds lists what can be built; the first is the default.
func Kinds() []Kind {
	return []Kind{
		{
			Name:   "busybox",
			Does:   lang.N("one static binary with more than 250 tools, in a second"),
			script: rootfsscripts.Busybox, Network: true, bytes: 32 << 20,
		},
		{
			Name:   "debian",
			Does:   lang.N("Debian with bash, perl, ip, ps, apt; building it needs the network"),
			script: rootfsscripts.Debian, Network: true, bytes: 700 << 20,
		},
		{
			Name:   "host",
			Does:   lang.N("this machine's shell and some tools, with their libraries"),
			script: rootfsscripts.Host, Network: false, bytes: 64 << 20,
		},
	}
}

// kindOf gives the kind of that name, or an error with the nearest name.
func kindOf(name string) (Kind, error) {
	var names []string
	for _, k := range Kinds() {
		if k.Name == name {
			return k, nil
		}
		names = append(names, k.Name)
	}
	return Kind{}, fmt.Errorf("%w %q%s: there are %s",
		ErrUnknown, name, nearest.Hint(name, names), strings.Join(names, ", "))
}

package seccomp

import (
	"sync"

	docker "github.com/moby/profiles/seccomp"
)

// dockerNames lists every call that Docker's default profile names, for any
// architecture: some are newer than our tables.
var dockerNames = sync.OnceValue(func() []string {
	var names []string
	for _, s := range docker.DefaultProfile().Syscalls {
		names = append(names, s.Names...)
	}
	return names
})

//go:build !amd64

package attack

import "github.com/how-to-be-a-container/workshop/pkg/lang"

// foreignABI: arm64 code cannot switch. It takes a 32-bit ARM program and a
// processor with AArch32 at EL0, which many have no more.
func foreignABI(*T) error {
	return impossible(lang.T("64-bit ARM code has no way to make a 32-bit call: it would have to execute a 32-bit program, whose calls the filter's guard kills too"))
}

package attack

import (
	"os"
	"strings"
)

// Marker is what is in the host's marker.
func Marker() (string, error) {
	path, err := MarkerPath()
	if err != nil {
		return "", err
	}
	b, err := os.ReadFile(path)
	return strings.TrimSpace(string(b)), err
}

package attack

import (
	"io"
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

// Began tells whether a probe is among the lines of what a command says.
func Began(output string) bool {
	_, began := listen(strings.NewReader(output), io.Discard)
	return began
}

// LivesOn is what the host says of its process that nobody has killed.
func LivesOn() (said, err error) {
	scene, err := killScene()
	if err != nil {
		return nil, err
	}
	return scene.Leave(), nil
}

// NoResult is what is known of a probe that found nothing.
func NoResult(code int, began bool) Result { return noResult("mkdir", code, began) }

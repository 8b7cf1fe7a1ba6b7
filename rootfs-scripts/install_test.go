package rootfsscripts_test

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/how-to-be-a-container/workshop/internal/testenv"
)

// TestInstallAndUninstall installs into a directory with a space in its name:
// all of it goes below that one, and comes away again, and nothing else.
func TestInstallAndUninstall(t *testing.T) {
	_, err := exec.LookPath("make")
	testenv.Needs(t, "make in PATH", err == nil, err)
	makefile, err := filepath.Abs("../Makefile")
	if err == nil {
		_, err = os.Stat(makefile)
	}
	testenv.Needs(t, "the Makefile", err == nil, err)
	project, to := t.TempDir(), t.TempDir()
	for name, text := range map[string]string{
		"bin/workshop":        "#!/bin/sh\necho \"$@\"\n",
		"man/workshop.1":      "x",
		"man/workshop-list.1": "x",
	} {
		file := filepath.Join(project, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	target := func(name, prefix string) {
		run(t, "make", "-s", "-C", project, "-f", makefile, name, "DESTDIR="+to+"/my files", "PREFIX="+prefix)
	}
	target("install-built", "/usr/my prefix")
	const below = "my files/usr/my prefix/"
	want := []string{
		below + "bin/workshop",
		below + "share/bash-completion/completions/workshop",
		below + "share/fish/vendor_completions.d/workshop.fish",
		below + "share/man/man1/workshop-list.1", below + "share/man/man1/workshop.1",
		below + "share/zsh/site-functions/_workshop",
	}
	if diff := cmp.Diff(want, names(t, to)); diff != "" {
		t.Error(diff)
	}
	const foreign = below + "share/man/man1/workshop-foreign.1"
	if err := os.WriteFile(filepath.Join(to, foreign), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	target("uninstall", "/usr/my prefix")
	if diff := cmp.Diff([]string{foreign}, names(t, to)); diff != "" {
		t.Error(diff)
	}
	target("install-built", "/usr/local")
	if _, err := os.Stat(to + "/my files/etc/fish/completions/workshop.fish"); err != nil {
		t.Errorf("where fish looks beside /usr/share: %v", err)
	}
	target("uninstall", "/usr/local")
	if diff := cmp.Diff([]string{foreign}, names(t, to)); diff != "" {
		t.Error(diff)
	}
}

// names lists the files below a directory.
func names(t *testing.T, dir string) []string {
	t.Helper()
	var list []string
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			list = append(list, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// Package vagrantfile_test has a vagrant read the Vagrantfile.
package vagrantfile_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/how-to-be-a-container/workshop/internal/testenv"
)

// vagrantRoot is the Debian with vagrant in it that rootfs-scripts/vm/vagrant.sh
// makes where this machine has no vagrant.
const vagrantRoot = "../../.cache/vagrant"

// validate has vagrant read a Vagrantfile, for a provider.
func validate(t *testing.T, provider, text string) (string, error) {
	t.Helper()
	root := "/"
	if _, err := exec.LookPath("vagrant"); err != nil {
		testenv.Root(t) // for chroot(2)
		_, err := os.Stat(vagrantRoot)
		testenv.Needs(t, testenv.NeedsVagrant, err == nil, err)
		root = vagrantRoot
	}
	dir, err := os.MkdirTemp(filepath.Join(root, "tmp"), "validate-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.WriteFile(filepath.Join(dir, "Vagrantfile"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	// It asks VirtualBox for its version before it reads the settings for it.
	script := `cd "/tmp/$1" && mkdir home bin && printf '#!/bin/sh\necho 7.0.20r0\n' >bin/VBoxManage &&
		chmod +x bin/VBoxManage && PATH=$PATH:$PWD/bin exec vagrant validate`
	args := []string{"sh", "-c", script, "-", filepath.Base(dir)}
	if root != "/" {
		args = append([]string{"chroot", root}, args...)
	}
	cmd := exec.CommandContext(t.Context(), args[0], args[1:]...)
	cmd.Env = append(os.Environ(), "VAGRANT_CHECKPOINT_DISABLE=1", "VAGRANT_DEFAULT_PROVIDER="+provider,
		"VAGRANT_HOME=/tmp/"+filepath.Base(dir)+"/home", "PATH=/usr/local/bin:/usr/bin:/bin", "LC_ALL=C.UTF-8")
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func vagrantfile(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../Vagrantfile")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestVagrantfileIsValid(t *testing.T) {
	for _, provider := range []string{"libvirt", "virtualbox"} {
		t.Run(provider, func(t *testing.T) {
			if out, err := validate(t, provider, vagrantfile(t)); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}

// TestMisspelledVagrantfile shows that a vagrant that says nothing has looked.
func TestMisspelledVagrantfile(t *testing.T) {
	for _, test := range []struct{ provider, right, wrong string }{
		{"libvirt", "config.vm.hostname", "config.vm.hostnam"},
		{"libvirt", "libvirt.memory", "libvirt.memry"},
		{"virtualbox", "vb.memory", "vb.memry"},
	} {
		text := strings.Replace(vagrantfile(t), test.right, test.wrong, 1)
		if text == vagrantfile(t) {
			t.Fatalf("there is no %s", test.right)
		}
		out, err := validate(t, test.provider, text)
		if err == nil || !strings.Contains(out, test.wrong[strings.LastIndex(test.wrong, ".")+1:]) {
			t.Errorf("%s: error is %v\n%s", test.wrong, err, out)
		}
	}
}

// TestPortsAreNotForTheNetwork is what vagrant does not look at.
func TestPortsAreNotForTheNetwork(t *testing.T) {
	n := 0
	for line := range strings.Lines(vagrantfile(t)) {
		if !strings.Contains(line, "forwarded_port") {
			continue
		}
		n++
		if !strings.Contains(line, `host_ip: "127.0.0.1"`) {
			t.Errorf("not on loopback alone: %s", line)
		}
	}
	if n != 1 {
		t.Errorf("%d ports are forwarded, want 1", n)
	}
}

package rootfs

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestFindErrors(t *testing.T) {
	base := t.TempDir()
	t.Setenv("WORKSHOP_ROOTFS", filepath.Join(base, "none"))
	file, empty := filepath.Join(base, "file"), filepath.Join(base, "empty")
	must(t, os.WriteFile(file, nil, 0o644))
	must(t, os.Mkdir(empty, 0o755))
	top := filepath.Join(base, "top")
	must(t, os.Symlink("/", top))
	for name, want := range map[string]string{
		"":                           "run: sudo -E workshop rootfs build",
		"host":                       "run: sudo -E workshop rootfs build host",
		"busibox":                    `did you mean "busybox"?`,
		"zzz":                        "there are busybox, debian, host",
		file:                         "not a directory",
		empty:                        "empty",
		"/":                          "the host's own",
		"/.":                         "the host's own",
		top:                          "the host's own",
		base:                         "none, where workshop keeps its own, is in it",
		filepath.Join(base, "gone"):  "no such file",
		filepath.Join(file, "below"): "not a directory",
	} {
		if dir, err := Find(name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Find(%q) = %q, %v; want an error with %q", name, dir, err, want)
		}
	}
	if _, err := Find(""); !errors.Is(err, ErrNotBuilt) {
		t.Errorf("Find(\"\") = %v, want ErrNotBuilt", err)
	}
}

// TestNotBuiltUnderSudo: sudo may have taken the directory away, where it could have been
// looked for.
func TestNotBuiltUnderSudo(t *testing.T) {
	t.Setenv("WORKSHOP_ROOTFS", "")
	t.Setenv("SUDO_UID", "1000")
	if err := notBuilt("it", "host"); !strings.HasSuffix(err.Error(), "run: sudo workshop rootfs build host (sudo -E, if you have set WORKSHOP_ROOTFS: sudo drops it)") {
		t.Error(err)
	}
	t.Setenv("WORKSHOP_ROOTFS", "/elsewhere")
	if err := notBuilt("it", ""); !strings.HasSuffix(err.Error(), "run: sudo -E workshop rootfs build") {
		t.Error(err)
	}
	t.Setenv("WORKSHOP_ROOTFS", "")
	t.Setenv("SUDO_UID", "")
	if err := notBuilt("it", ""); !strings.HasSuffix(err.Error(), "run: sudo workshop rootfs build") {
		t.Error(err)
	}
}

func TestFindOrder(t *testing.T) {
	base := t.TempDir()
	t.Setenv("WORKSHOP_ROOTFS", base)
	for _, kind := range []string{"debian", "host", "busybox"} {
		must(t, os.MkdirAll(filepath.Join(base, kind, "bin"), 0o755))
		if dir, err := Find(""); err != nil || filepath.Base(dir) != kind {
			t.Errorf("Find(\"\") = %s, %v; want %s", dir, err, kind)
		}
	}
}

func TestFindDirectory(t *testing.T) {
	base := t.TempDir()
	dir, link := filepath.Join(base, "mine"), filepath.Join(base, "link")
	must(t, os.MkdirAll(filepath.Join(dir, "bin"), 0o755))
	must(t, os.Symlink(dir, link))
	t.Chdir(base)
	for _, name := range []string{dir, link, "mine", "./mine"} {
		if got, err := Find(name); err != nil || got != dir {
			t.Errorf("Find(%q) = %s, %v; want %s", name, got, err, dir)
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

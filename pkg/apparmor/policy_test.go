package apparmor

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestPolicyIsThatOfTheName: what was kept under the general name is, byte by byte,
// what the compiler makes of the profile under its own.
func TestPolicyIsThatOfTheName(t *testing.T) {
	needParser(t)
	dir := filepath.Join(t.TempDir(), "kept")
	for _, o := range []Options{{}, {ChrootRelative: true}, {Deny: []string{"/usr/bin/top", "/etc/**"}}} {
		for _, mode := range []Mode{Enforce, Complain} {
			for _, o.Name = range []string{"workshop-aaaaaa", "workshop-bbbbbb"} {
				text, err := Text(o)
				if err != nil {
					t.Fatal(err)
				}
				if got, want := mustCompile(t, dir, text, o.Name, mode), direct(t, text, mode); !bytes.Equal(got, want) {
					t.Errorf("%+v, %s: the policy is another one", o, mode)
				}
			}
		}
	}
	if n := len(files(t, dir)); n != 6 { // one for both names
		t.Errorf("%d policies were kept, and not 6", n)
	}
}

// TestPolicyIsKept: the second time there is no compiling.
func TestPolicyIsKept(t *testing.T) {
	needParser(t)
	dir := t.TempDir()
	text, err := Text(Options{Name: "workshop-aaaaaa"})
	if err != nil {
		t.Fatal(err)
	}
	mustCompile(t, dir, text, "workshop-aaaaaa", Enforce)
	general := strings.Repeat("N", len("workshop-aaaaaa"))
	if err := os.WriteFile(files(t, dir)[0], []byte("<"+general+">"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := mustCompile(t, dir, text, "workshop-aaaaaa", Enforce); string(got) != "<workshop-aaaaaa>" {
		t.Errorf("compiled again: %d bytes", len(got))
	}
	if err := os.WriteFile(files(t, dir)[0], []byte(general+general), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, want := mustCompile(t, dir, text, "workshop-aaaaaa", Enforce), direct(t, text, Enforce); !bytes.Equal(got, want) {
		t.Error("a policy that has the name twice was taken")
	}
}

// TestNotKept: what depends on more than the text without the name.
func TestNotKept(t *testing.T) {
	needParser(t)
	other := filepath.Join(t.TempDir(), "other")
	if err := os.WriteFile(other, []byte("deny /etc/passwd r,\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for what, text := range map[string]string{
		"speaks of itself":  "profile mine {\n  file,\n  signal peer=mine,\n}\n",
		"by a variable":     "profile mine {\n  signal peer=@{profile_name},\n}\n",
		"includes":          "profile mine {\n  include \"" + other + "\"\n}\n",
		"the general name":  "profile mine {\n  deny /NNNN r,\n}\n",
		"an old include":    "profile mine {\n  #include \"" + other + "\"\n}\n",
		"part of something": "profile mine {\n  deny /mine/x r,\n}\n",
	} {
		dir := t.TempDir()
		if got, want := mustCompile(t, dir, text, "mine", Enforce), direct(t, text, Enforce); !bytes.Equal(got, want) {
			t.Errorf("%s: the policy is another one", what)
		}
		if kept := files(t, dir); len(kept) > 0 {
			t.Errorf("%s: was kept", what)
		}
	}
}

func mustCompile(t *testing.T, dir, text, name string, mode Mode) []byte {
	t.Helper()
	policy, err := compiled(dir, text, name, mode)
	if err != nil {
		t.Fatal(err)
	}
	return policy
}

// direct is what the compiler makes of the profile itself.
func direct(t *testing.T, text string, mode Mode) []byte {
	t.Helper()
	policy, err := compile(text, mode)
	if err != nil || len(policy) == 0 {
		t.Fatal(err, len(policy))
	}
	return policy
}

func files(t *testing.T, dir string) []string {
	t.Helper()
	list, err := filepath.Glob(dir + "/*")
	if err != nil {
		t.Fatal(err)
	}
	return list
}

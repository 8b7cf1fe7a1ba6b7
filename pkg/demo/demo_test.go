package demo_test

import (
	"io"
	"os"
	"strings"
	"testing"

	"github.com/how-to-be-a-container/workshop/internal/testenv"
	"github.com/how-to-be-a-container/workshop/pkg/bomb"
	"github.com/how-to-be-a-container/workshop/pkg/container"
	"github.com/how-to-be-a-container/workshop/pkg/demo"
	"github.com/how-to-be-a-container/workshop/pkg/ui"
)

// TestMain lets the test binary be the inside of a demo.
func TestMain(m *testing.M) {
	bomb.Main()
	if len(os.Args) == 3 && os.Args[1] == "demo" {
		os.Exit(inside(os.Args[2]))
	}
	os.Exit(m.Run())
}

func inside(name string) int {
	d, err := demo.Lookup(name)
	if err != nil {
		panic(err)
	}
	held, err := d.Inside(ui.New(os.Stdout))
	switch {
	case err != nil:
		os.Stdout.WriteString(err.Error())
		return 125
	case !held:
		return 1
	}
	return 0
}

// play runs a demo in a container and gives what it wrote.
func play(t *testing.T, name string) string {
	t.Helper()
	testenv.Root(t)
	out, in, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	text := make(chan string, 1)
	go func() {
		b, _ := io.ReadAll(out)
		text <- string(b)
	}()
	c := container.Container{Args: []string{"/proc/self/exe", "demo", name}, Stdout: in, Stderr: in}
	code, err := c.Run(t.Context())
	in.Close()
	said := <-text
	if err != nil || code != 0 {
		t.Fatalf("%s: exit code %d, %v\n%s", name, code, err, said)
	}
	return said
}

// TestPort80 is S18, in both directions.
func TestPort80(t *testing.T) {
	said := play(t, "port80")
	for text, times := range map[string]int{
		"4 of the 6 tries below are refused": 1,
		"✓ 200":                              2,
		"✓ EACCES":                           3,
		"✓ EPERM":                            1,
		"bind: permission denied":            3,
		"port 80, user 65534 with CAP_NET_BIND_SERVICE": 1,
		"port 80, user 65534 with no capability":        1,
		"./listen80 cap_net_bind_service=ep":            1,
	} {
		if got := strings.Count(said, text); got != times {
			t.Errorf("%q is there %d times, want %d:\n%s", text, got, times, said)
		}
	}
	start, err := os.ReadFile("/proc/sys/net/ipv4/ip_unprivileged_port_start")
	if err != nil || string(start) == "0\n" {
		t.Errorf("the machine's own port range is %q, %v", start, err)
	}
}

// TestBoundingSet is S17: chroot is allowed until the execve.
func TestBoundingSet(t *testing.T) {
	said := play(t, "bounding-set")
	if announced := "the second call is refused, and should be."; !strings.HasPrefix(said, "chroot(2)") || strings.Count(said, announced) != 1 {
		t.Errorf("no %q at its beginning:\n%s", announced, said)
	}
	before, after, found := strings.Cut(said, "After execve")
	if !found || !strings.Contains(before, `chroot("/") = 0`) || !strings.Contains(after, `chroot("/") = EPERM`) {
		t.Error(said)
	}
}

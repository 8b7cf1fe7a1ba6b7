package ui

import (
	"bytes"
	"strings"
	"testing"

	"github.com/creack/pty"
)

// TestLineBroken: no line is wider than a narrow terminal, and what goes on is marked.
// For 80 columns and more a line stays as it is.
func TestLineBroken(t *testing.T) {
	long := "  int 0x80: mkdir(NAME) = EPERM (not permitted)"
	for columns, want := range map[int]string{
		80: long + "\n",
		79: long + "\n",
		40: "  int 0x80: mkdir(NAME) = EPERM (not\n↪ permitted)\n",
		12: "  int\n↪ 0x80:\n↪ mkdir(NAME\n↪ ) = EPERM\n↪ (not\n↪ permitted)\n",
	} {
		var out bytes.Buffer
		u := New(&out)
		u.width = columns
		u.Line(long)
		if out.String() != want {
			t.Errorf("%d columns: %q", columns, &out)
		}
	}
}

// TestFlagUnbroken: a flag is not divided after its hyphens.
func TestFlagUnbroken(t *testing.T) {
	var out bytes.Buffer
	u := New(&out)
	u.width = 40
	u.Line("workshop attack fork-bomb --without-x --for 2s")
	if got := out.String(); got != "workshop attack fork-bomb --without-x\n↪ --for 2s\n" {
		t.Errorf("%q", got)
	}
}

// TestNarrowOutput: what a command writes for 80 columns, in whatever pieces it comes.
func TestNarrowOutput(t *testing.T) {
	keyboard, terminal := openTerminal(t)
	const written = "short\n\x1b[31m0123456789012345678\x1b[0m\n日本語日本語日本語日本語\n" +
		"\r\x1b[31m01234567890123456789\x1b[K\r01\x1b[K\n0\t0\t0\t0\n"
	for columns, want := range map[uint16]string{
		80: written,
		15: "short\n\x1b[31m012345678901234\n↪ 5678\x1b[0m\n日本語日本語日\n↪ 本語日本語\n" +
			"\r\x1b[31m01234567890...\x1b[K\r01\x1b[K\n0\t0\n↪ 0\t0\n",
	} {
		if err := pty.Setsize(terminal, &pty.Winsize{Rows: 24, Cols: columns}); err != nil {
			t.Fatal(err)
		}
		for _, piece := range []int{1, 2, 5, len(written)} {
			var out strings.Builder
			w := New(terminal).Narrow(&out)
			for rest := written; rest != ""; {
				n := min(piece, len(rest))
				if _, err := w.Write([]byte(rest[:n])); err != nil {
					t.Fatal(err)
				}
				rest = rest[n:]
			}
			if out.String() != want {
				t.Errorf("%d columns, in pieces of %d:\n%q, not\n%q", columns, piece, out.String(), want)
			}
		}
	}
	keyboard.Close()
}

// TestTypingBroken: a command that appears letter by letter is broken as well.
func TestTypingBroken(t *testing.T) {
	var out bytes.Buffer
	u := New(&out)
	u.width = 6
	for i, letter := range strings.Split("abcdefghij", "") {
		u.Typing(letter, i == 0)
	}
	if got := Bare(out.String()); got != "$ abcd\n↪ efgh\n↪ ij" {
		t.Errorf("%q", got)
	}
}

// TestBrokenFits: whatever a line is made of, no part of it is too wide.
func TestBrokenFits(t *testing.T) {
	const line = "✓ \x1b[31m攻撃は防がれました\x1b[0m: $ workshop attack --seccomp-foreign-abi プロセスは最大32個、pids.maxが拒否したforkは8938回 │ /sys/fs/cgroup/pids/workshop"
	for columns := 10; columns < madeFor; columns++ {
		var out bytes.Buffer
		u := New(&out)
		u.width = columns
		u.Line(line)
		if all := strings.ReplaceAll(Bare(out.String()), "\n"+onward, ""); len(all) < len(Bare(line))-20 {
			t.Errorf("%d columns: %q is not all of it", columns, all)
		}
		for part := range strings.Lines(out.String()) {
			if Width(strings.TrimSuffix(part, "\n")) > columns {
				t.Errorf("%d columns: %q", columns, part)
			}
		}
	}
}

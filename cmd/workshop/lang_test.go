package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/rivo/uniseg"

	"github.com/how-to-be-a-container/workshop/pkg/lang"
)

// TestListsFitInJapanese sees to it that no line of a list is cut in half by a
// terminal of 80 columns.
func TestListsFitInJapanese(t *testing.T) {
	if err := lang.Set(lang.Japanese); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = lang.Set(lang.English) })
	for _, command := range []string{"list", "attack", "demo", "rootfs list", "cgroups"} {
		t.Run(command, func(t *testing.T) {
			var out bytes.Buffer
			root := newRootCommand("")
			root.SetArgs(strings.Fields(command))
			root.SetOut(&out)
			if err := root.Execute(); err != nil {
				t.Fatal(err)
			}
			if out.Len() == 0 {
				t.Fatal("nothing was written")
			}
			for line := range strings.Lines(out.String()) {
				if width := uniseg.StringWidth(line); width > 80 {
					t.Errorf("%d columns: %s", width, line)
				}
			}
		})
	}
}

package main

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/how-to-be-a-container/workshop/pkg/container/journal"
	"github.com/how-to-be-a-container/workshop/pkg/lang"
	"github.com/how-to-be-a-container/workshop/pkg/steps"
	"github.com/how-to-be-a-container/workshop/pkg/ui"
)

// inEachLanguage runs a test in English and in Japanese.
func inEachLanguage(t *testing.T, test func(t *testing.T)) {
	t.Cleanup(func() { _ = lang.Set(lang.English) })
	for _, language := range languages {
		t.Run(language, func(t *testing.T) {
			if err := lang.Set(language); err != nil {
				t.Fatal(err)
			}
			test(t)
		})
	}
}

// fits80 sees to it that no line is cut in half by a terminal of 80 columns.
func fits80(t *testing.T, out string) {
	t.Helper()
	if out == "" {
		t.Fatal("nothing was written")
	}
	for line := range strings.Lines(out) {
		if line = strings.TrimRight(line, "\n"); !ui.Fits(line, 80) {
			t.Errorf("%d columns: %s", ui.Width(line), line)
		}
	}
}

func TestListsFit(t *testing.T) {
	inEachLanguage(t, func(t *testing.T) {
		for _, command := range []string{"list", "attack", "demo", "rootfs list", "cgroups"} {
			t.Run(command, func(t *testing.T) {
				var out bytes.Buffer
				root := newRootCommand("")
				root.SetArgs(strings.Fields(command))
				root.SetOut(&out)
				if err := root.Execute(); err != nil {
					t.Fatal(err)
				}
				fits80(t, out.String())
			})
		}
	})
}

// TestPs: the longest line fits, and each lesson shows all of its layers.
func TestPs(t *testing.T) {
	inEachLanguage(t, func(t *testing.T) {
		seen := make(map[string]int)
		for n := range swissCheese.Lesson {
			info := journal.Info{
				ID: "abcdef", PID: 4194304, Steps: steps.Names(steps.UpTo(n)),
				Command: slices.Repeat([]string{"コマンド", "command\n"}, 10),
			}
			var out bytes.Buffer
			if err := showRunning(ui.New(&out), []running{{Info: info, Processes: 512}}); err != nil {
				t.Fatal(err)
			}
			fits80(t, out.String())
			for _, layer := range info.Steps {
				if !strings.Contains(out.String(), layer) {
					t.Errorf("lesson %d shows no %s:\n%s", n, layer, &out)
				}
			}
			if other, ok := seen[out.String()]; ok {
				t.Errorf("lesson %d looks like lesson %d:\n%s", n, other, &out)
			}
			seen[out.String()] = n
		}
	})
}

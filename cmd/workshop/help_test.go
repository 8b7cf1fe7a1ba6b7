package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/how-to-be-a-container/workshop/internal/testenv"
)

// TestHelpFits asks every command for its help: no line is wider than a terminal.
func TestHelpFits(t *testing.T) {
	root := newRootCommand("")
	completeCobra(root)
	count := 0
	everyCommand(root, func(c *cobra.Command) {
		var out bytes.Buffer
		c.SetOut(&out)
		if err := c.Help(); err != nil {
			t.Fatal(err)
		}
		for _, line := range strings.Split(out.String(), "\n") {
			count++
			if utf8.RuneCountInString(line) > 80 {
				t.Errorf("%s --help: %s", c.CommandPath(), line)
			}
		}
	})
	if count < 100 {
		t.Errorf("only %d lines of help were looked at", count)
	}
}

// TestManualPages: make man writes one for every command.
func TestManualPages(t *testing.T) {
	testenv.NotEmulated(t) // it builds, and no guest has Go
	dir := t.TempDir()
	if out, err := exec.Command("go", "run", "-tags", "man", ".", "man", dir).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	root := newRootCommand("")
	root.InitDefaultCompletionCmd()
	everyCommand(root, func(c *cobra.Command) {
		page := filepath.Join(dir, strings.ReplaceAll(c.CommandPath(), " ", "-")+".1")
		if _, err := os.Stat(page); err != nil && !c.Hidden {
			t.Error(err)
		}
	})
}

// everyCommand calls look for a command and all below it.
func everyCommand(c *cobra.Command, look func(*cobra.Command)) {
	look(c)
	for _, sub := range c.Commands() {
		everyCommand(sub, look)
	}
}

// TestEntries: a command is called by what it calls itself, and by nothing that
// another one is called.
func TestEntries(t *testing.T) {
	owner := make(map[string]string)
	for _, e := range called("") {
		c := e.make()
		if names := append([]string{c.Name()}, c.Aliases...); !slices.Equal(names, e.names) {
			t.Errorf("%v is called by %v", names, e.names)
		}
		for _, name := range e.names {
			if owner[name] != "" {
				t.Errorf("%s is both %s and %s", name, owner[name], c.Name())
			}
			owner[name] = c.Name()
			if root := newRootCommand(name); len(root.Commands()) != 1 || root.Commands()[0].Name() != c.Name() {
				t.Errorf("%s alone: %v", name, root.Commands())
			}
		}
	}
}

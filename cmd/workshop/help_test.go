package main

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/spf13/cobra"
)

// TestHelpFits asks every command for its help: no line is wider than a terminal.
func TestHelpFits(t *testing.T) {
	root := newRootCommand()
	count := 0
	var visit func(*cobra.Command)
	visit = func(c *cobra.Command) {
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
		for _, sub := range c.Commands() {
			visit(sub)
		}
	}
	visit(root)
	if count < 100 {
		t.Errorf("only %d lines of help were looked at", count)
	}
}

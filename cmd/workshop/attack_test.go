package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/how-to-be-a-container/workshop/pkg/lang"
	"github.com/how-to-be-a-container/workshop/pkg/ui"
)

// TestAttacksFit: the list of the attacks has no line of more than 80 columns.
func TestAttacksFit(t *testing.T) {
	t.Cleanup(func() { _ = lang.Set(lang.English) })
	for _, language := range languages {
		if err := lang.Set(language); err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if err := listAttacks(&out, false); err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(out.String()) {
			if line = strings.TrimRight(line, " \n"); !ui.Fits(line, 80) {
				t.Errorf("%s: %d columns: %s", language, ui.Width(line), line)
			}
		}
	}
}

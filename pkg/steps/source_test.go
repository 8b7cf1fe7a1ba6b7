package steps_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/how-to-be-a-container/workshop/pkg/steps"
)

// TestSourceFitsOnAScreen: one screen of 80 × 50 for the first lessons and of
// 80 × 60 for the others, with a line for the prompt after it.
func TestSourceFitsOnAScreen(t *testing.T) {
	for _, s := range steps.All() {
		source, err := s.Source()
		if err != nil {
			t.Errorf("%s: %v", s.Name, err)
			continue
		}
		rows := 60
		if s.Lesson <= 3 {
			rows = 50
		}
		lines := strings.Split(strings.TrimSuffix(source, "\n"), "\n")
		if len(lines) > rows-1 {
			t.Errorf("%s has %d lines, of at most %d", s.File(), len(lines), rows-1)
		}
		for n, line := range lines {
			if width := utf8.RuneCountInString(strings.ReplaceAll(line, "\t", "    ")); width > 80 {
				t.Errorf("%s:%d has %d columns, of at most 80", s.File(), n+1, width)
			}
		}
	}
}

package lesson

import (
	"fmt"
	"strings"

	"github.com/yuin/goldmark/ast"
)

const (
	noteBegins = "<!-- notes:"
	noteEnds   = "-->"
)

// note reads a speaker's note. Its text is Markdown too.
func (r *reader) note(n *ast.HTMLBlock, to *[]Block) error {
	source := string(n.Lines().Value(r.source))
	if n.HasClosure() {
		source += string(n.ClosureLine.Value(r.source))
	}
	text, found := strings.CutPrefix(strings.TrimSpace(source), noteBegins)
	if !found {
		return fmt.Errorf("HTML is not part of the format of a lesson, but for a speaker's note: %s ... %s", noteBegins, noteEnds)
	}
	text, after, closed := strings.Cut(text, noteEnds)
	switch {
	case !closed || strings.Contains(text, "<!--"):
		return fmt.Errorf("the note has no end: %s", noteEnds)
	case after != "":
		return fmt.Errorf("a note stands alone, and after it is %q", strings.TrimSpace(after))
	case strings.TrimSpace(text) == "":
		return fmt.Errorf("the note is empty")
	}
	inner := &reader{source: []byte(strings.TrimSpace(text) + "\n"), lesson: r.lesson, first: r.line(n) - 1}
	var blocks []Block
	if err := inner.blocks(inner.tree(), &blocks, Block{Note: true}); err != nil {
		return err
	}
	for _, b := range blocks {
		if b.Transcript != nil {
			return fmt.Errorf("a transcript in a note would not be played")
		}
	}
	*to = append(*to, blocks...)
	return nil
}

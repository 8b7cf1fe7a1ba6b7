package lesson

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"github.com/how-to-be-a-container/workshop/pkg/ui"
)

// reader turns goldmark's tree into a lesson.
type reader struct {
	source []byte
	lesson *Lesson
	first  int // how many lines of the file stand before the source
}

func (l *Lesson) parse(source []byte) error {
	source, err := l.front(source)
	if err != nil {
		return err
	}
	r := &reader{source: source, lesson: l}
	tree := r.tree()
	if err := r.foreign(tree); err != nil {
		return err
	}
	for n := tree.FirstChild(); n != nil; n = n.NextSibling() {
		if err := r.top(n); err != nil {
			return r.at(n, err)
		}
	}
	switch {
	case l.Title == "":
		return fmt.Errorf("no title: the text begins with a heading of level 1")
	case l.Summary == nil:
		return fmt.Errorf("no summary: a paragraph follows the title")
	}
	if err := l.exercise(); err != nil {
		return err
	}
	if at, err := l.complete(); err != nil {
		return &mistake{l.lineOf(at), err}
	}
	return nil
}

// tree is what goldmark makes of the source.
func (r *reader) tree() ast.Node {
	markdown := parser.NewParser(
		parser.WithBlockParsers(parser.DefaultBlockParsers()...),
		parser.WithInlineParsers(parser.DefaultInlineParsers()...),
		parser.WithParagraphTransformers(parser.DefaultParagraphTransformers()...),
	)
	return markdown.Parse(text.NewReader(r.source))
}

// foreign finds what would be left out of a line without a word.
func (r *reader) foreign(tree ast.Node) error {
	return ast.Walk(tree, func(n ast.Node, _ bool) (ast.WalkStatus, error) {
		if k := n.Kind(); k == ast.KindRawHTML || k == ast.KindImage {
			return ast.WalkStop, r.at(n.Parent(), fmt.Errorf("%s is not part of the format of a lesson", k))
		}
		return ast.WalkContinue, nil
	})
}

// at places an error at a node, if it has no place yet.
func (r *reader) at(n ast.Node, err error) error {
	var m *mistake
	if errors.As(err, &m) {
		return err
	}
	return &mistake{r.line(n), err}
}

// line is that of the file in which a node begins.
func (r *reader) line(n ast.Node) int { return r.first + lineAt(r.source, r.offset(n)) }

// lineOf is the line of a section; before the first is the title.
func (l *Lesson) lineOf(section int) int {
	if section < 0 || section >= len(l.Sections) {
		return 1
	}
	return l.Sections[section].Line
}

// top reads a node that stands in the document itself.
func (r *reader) top(n ast.Node) error {
	l := r.lesson
	h, heading := n.(*ast.Heading)
	switch {
	case heading && h.Level == 1 && l.Title == "":
		l.Title = plain(r.spans(h))
		return nil
	case heading && h.Level == 2:
		kind, err := kindOf(plain(r.spans(h)), l.Lang)
		l.Sections = append(l.Sections, Section{Kind: kind, Heading: plain(r.spans(h)), Line: r.line(h)})
		return err
	case len(l.Sections) > 0:
		return r.inside(n, &l.Sections[len(l.Sections)-1])
	case l.Title != "" && l.Summary == nil && n.Kind() == ast.KindParagraph:
		l.Summary = r.spans(n)
		return nil
	}
	return fmt.Errorf("before the first section there are a title and one paragraph, and no %s", n.Kind())
}

// inside reads a node of a section.
func (r *reader) inside(n ast.Node, s *Section) error {
	switch {
	case n.Kind() == ast.KindHTMLBlock: // a note
	case s.Kind == Hints:
		return r.hints(n)
	case s.Kind == Quiz:
		return r.question(n)
	}
	return r.block(n, &s.Blocks, Block{})
}

// block reads one node of a section. at says where it stands.
func (r *reader) block(n ast.Node, to *[]Block, at Block) error {
	at.Line = r.line(n)
	switch n := n.(type) {
	case *ast.Paragraph:
		if err := r.noProse(n); err != nil {
			return err
		}
		at.Text = r.spans(n)
	case *ast.TextBlock:
		at.Text = r.spans(n)
	case *ast.Heading:
		if n.Level != 3 {
			return fmt.Errorf("a heading in a section has level 3, and not %d", n.Level)
		}
		at.Heading, at.Text = true, r.spans(n)
	case *ast.FencedCodeBlock:
		return r.fenced(n, to, at)
	case *ast.HTMLBlock:
		return r.note(n, to)
	case *ast.List:
		return r.list(n, to, at)
	case *ast.Blockquote:
		at.Quote = true
		return r.blocks(n, to, at)
	default:
		return fmt.Errorf("%s is not part of the format of a lesson", n.Kind())
	}
	*to = append(*to, at)
	return nil
}

func (r *reader) blocks(parent ast.Node, to *[]Block, at Block) error {
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		if err := r.block(n, to, at); err != nil {
			return r.at(n, err)
		}
		at.Bullet = strings.Repeat(" ", utf8.RuneCountInString(at.Bullet))
	}
	return nil
}

func (r *reader) list(list *ast.List, to *[]Block, at Block) error {
	number := list.Start
	tight := at.Depth > 0
	at.Depth++
	for item := list.FirstChild(); item != nil; item = item.NextSibling() {
		at.Bullet, at.Tight = "•", tight
		if list.IsOrdered() {
			at.Bullet = fmt.Sprintf("%d.", number)
			number++
		}
		if err := r.blocks(item, to, at); err != nil {
			return err
		}
		tight = list.IsTight
	}
	return nil
}

// fenced reads a transcript, or a block that is only shown.
func (r *reader) fenced(n *ast.FencedCodeBlock, to *[]Block, at Block) error {
	var lines []string
	for _, s := range n.Lines().Sliced(0, n.Lines().Len()) {
		lines = append(lines, strings.TrimRight(string(s.Value(r.source)), " \n"))
	}
	info := ""
	if n.Info != nil {
		info = string(n.Info.Segment.Value(r.source))
	}
	word, attributes := info, ""
	if i := strings.IndexFunc(info, unicode.IsSpace); i >= 0 {
		word, attributes = info[:i], info[i:]
	}
	if err := r.closed(n, lines); err != nil {
		return err
	}
	if word != "console" {
		if len(lines) > 0 && strings.HasPrefix(lines[0], prompt) {
			return fmt.Errorf("a block that begins with %q is a transcript, and its word is console, not %q", prompt, word)
		}
		*to = append(*to, Block{Line: at.Line, Note: at.Note, Depth: at.Depth, Figure: lines, Code: word})
		return nil
	}
	t, err := parseTranscript(attributes, lines)
	if err == nil {
		t.Line = at.Line
		*to = append(*to, Block{Line: at.Line, Transcript: t})
	}
	return err
}

// closed sees to it that a block ends before the next one begins: a line that
// closes it has nothing behind the fence.
func (r *reader) closed(n ast.Node, lines []string) error {
	first := r.source[r.offset(n):]
	opening := string(first[:len(first)-len(bytes.TrimLeft(first, string(first[:1])))])
	for _, line := range lines {
		if strings.HasPrefix(strings.TrimLeft(line, " "), opening) {
			return fmt.Errorf("the block has no end: a line of %s alone before %q", opening, line)
		}
	}
	return nil
}

// noProse finds what is meant as a heading or a table, and read as a paragraph.
func (r *reader) noProse(n *ast.Paragraph) error {
	line, _, _ := strings.Cut(string(n.Lines().Value(r.source)), "\n")
	switch {
	case strings.HasPrefix(line, "##"):
		return fmt.Errorf("%q is no heading: a space comes after the last #", line)
	case strings.HasPrefix(line, "|"):
		return fmt.Errorf("a table is not part of the format of a lesson")
	}
	return nil
}

// spans reads the inline content of a node.
func (r *reader) spans(n ast.Node) []ui.Span {
	var list []ui.Span
	_ = ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		switch n := n.(type) {
		case *ast.Text:
			if entering {
				list = append(list, ui.Span{Text: r.text(n), Mark: markOf(n)})
			}
		case *ast.String:
			if entering {
				list = append(list, ui.Span{Text: string(n.Value), Mark: markOf(n)})
			}
		case *ast.AutoLink:
			if entering {
				list = append(list, ui.Span{Text: string(n.URL(r.source)), Mark: ui.Code})
			}
		case *ast.Link:
			// A terminal shows where a link leads, but not to which file of ours.
			switch url := string(n.Destination); {
			case entering:
			case strings.Contains(url, "://"):
				list = append(list, ui.Span{Text: " (" + url + ")"})
			default:
				r.lesson.links = append(r.lesson.links, link{r.line(blockOf(n)), url})
			}
		}
		return ast.WalkContinue, nil
	})
	return list
}

func (r *reader) text(n *ast.Text) string {
	s := string(n.Value(r.source))
	if markOf(n) != ui.Code {
		s = string(util.ResolveEntityNames(util.UnescapePunctuations([]byte(s))))
	}
	if n.SoftLineBreak() || n.HardLineBreak() {
		s += " "
	}
	return s
}

// markOf is the innermost mark around a text.
func markOf(n ast.Node) ui.Mark {
	for p := n.Parent(); p != nil; p = p.Parent() {
		switch p := p.(type) {
		case *ast.CodeSpan:
			return ui.Code
		case *ast.Emphasis:
			if p.Level == 2 {
				return ui.Strong
			}
			return ui.Emphasis
		}
	}
	return ui.Plain
}

func plain(spans []ui.Span) string {
	var b strings.Builder
	for _, s := range spans {
		b.WriteString(s.Text)
	}
	return b.String()
}

// blockOf is the block that a node of a line is in.
func blockOf(n ast.Node) ast.Node {
	for n.Type() == ast.TypeInline {
		n = n.Parent()
	}
	return n
}

// offset is where a block begins.
func (r *reader) offset(n ast.Node) int { return max(0, n.Pos()) }

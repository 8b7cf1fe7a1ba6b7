package lesson

import (
	"fmt"
	"strings"

	"github.com/yuin/goldmark/ast"

	"github.com/how-to-be-a-container/workshop/pkg/ui"
)

// How many there must be.
const (
	hintsOfLesson             = 3
	leastQuestions, questions = 2, 3
	leastAnswers, answers     = 3, 4
)

// Hint is one stage of help with the exercise.
type Hint struct {
	Line   int // in the file
	Blocks []Block
}

// Question is one question of the quiz.
type Question struct {
	Line        int // in the file
	Text        []ui.Span
	Answers     []Answer
	Explanation []Block // why the right answer is right, and a tempting one is not
}

// Answer is one answer to choose.
type Answer struct {
	Text  []ui.Span
	Right bool
}

// Right is the number of the right answer; the first is 1.
func (q *Question) Right() int {
	for i, a := range q.Answers {
		if a.Right {
			return i + 1
		}
	}
	return 0
}

// hints reads a node of the section Hints: the one list.
func (r *reader) hints(n ast.Node) error {
	list, ok := n.(*ast.List)
	switch {
	case !ok || !list.IsOrdered():
		return fmt.Errorf("the hints are an ordered list, and not %s", n.Kind())
	case len(r.lesson.Hints) > 0:
		return fmt.Errorf("the hints are one list, and here is a second one")
	case list.ChildCount() != hintsOfLesson:
		return fmt.Errorf("there are %d hints, and not %d", hintsOfLesson, list.ChildCount())
	}
	for item := list.FirstChild(); item != nil; item = item.NextSibling() {
		h := Hint{Line: r.line(item)}
		if err := r.blocks(item, &h.Blocks, Block{}); err != nil {
			return err
		}
		if len(h.Blocks) == 0 || h.Blocks[0].Transcript == nil && h.Blocks[0].Figure == nil && plain(h.Blocks[0].Text) == "" {
			return fmt.Errorf("a hint is empty")
		}
		r.lesson.Hints = append(r.lesson.Hints, h)
	}
	return nil
}

// question reads a node of the section Quiz: a heading with the question, the
// list of answers, or what explains them.
func (r *reader) question(n ast.Node) error {
	l := r.lesson
	if h, ok := n.(*ast.Heading); ok && h.Level == 3 {
		if err := l.lastQuestion(); err != nil {
			return err
		}
		l.Quiz = append(l.Quiz, Question{Line: r.line(n), Text: r.spans(n)})
		return nil
	}
	if len(l.Quiz) == 0 {
		return fmt.Errorf("a quiz begins with a question, a heading of level 3, and not with %s", n.Kind())
	}
	q := &l.Quiz[len(l.Quiz)-1]
	if q.Answers != nil {
		return r.block(n, &q.Explanation, Block{})
	}
	list, ok := n.(*ast.List)
	if !ok || list.IsOrdered() {
		return fmt.Errorf("after a question comes the list of its answers, each with - [ ] or - [x], and not %s", n.Kind())
	}
	for item := list.FirstChild(); item != nil; item = item.NextSibling() {
		a, err := r.answer(item)
		if err != nil {
			return err
		}
		q.Answers = append(q.Answers, a)
	}
	return nil
}

// answer reads one item: a box, and a paragraph.
func (r *reader) answer(item ast.Node) (a Answer, err error) {
	text := item.FirstChild()
	if text == nil || text.NextSibling() != nil {
		return a, fmt.Errorf("an answer is one paragraph")
	}
	spans := r.spans(text)
	for box, right := range map[string]bool{"[ ] ": false, "[x] ": true} {
		if rest, found := strings.CutPrefix(plain(spans), box); found && rest != "" {
			return Answer{cutFront(spans, len(box)), right}, nil
		}
	}
	return a, fmt.Errorf("an answer begins with [ ] or, the right one, with [x], and not with %q", plain(spans))
}

// cutFront takes the first n bytes off a text.
func cutFront(spans []ui.Span, n int) []ui.Span {
	for len(spans) > 0 && n >= len(spans[0].Text) {
		n -= len(spans[0].Text)
		spans = spans[1:]
	}
	if n > 0 {
		spans[0].Text = spans[0].Text[n:]
	}
	return spans
}

// lastQuestion tells what is wrong with the question that was read last.
func (l *Lesson) lastQuestion() error {
	if len(l.Quiz) == 0 {
		return nil
	}
	q := &l.Quiz[len(l.Quiz)-1]
	right := 0
	for _, a := range q.Answers {
		if a.Right {
			right++
		}
	}
	var err error
	switch n := len(q.Answers); {
	case n < leastAnswers || n > answers:
		err = fmt.Errorf("a question has %d or %d answers, and this one has %d", leastAnswers, answers, n)
	case right != 1:
		err = fmt.Errorf("exactly one answer is right, marked with [x], and here are %d", right)
	case len(q.Explanation) == 0:
		err = fmt.Errorf("nothing explains the answer: a paragraph follows the list")
	}
	if err != nil {
		return &mistake{q.Line, err}
	}
	return nil
}

// exercise tells what is wrong with the hints and the quiz as a whole.
func (l *Lesson) exercise() error {
	if err := l.lastQuestion(); err != nil {
		return err
	}
	if s, n := l.Section(Quiz), len(l.Quiz); s != nil && n > 0 && (n < leastQuestions || n > questions) {
		return &mistake{s.Line, fmt.Errorf("a quiz has %d or %d questions, and this one has %d", leastQuestions, questions, n)}
	}
	return nil
}

package lesson

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/how-to-be-a-container/workshop/pkg/lang"
	"github.com/how-to-be-a-container/workshop/pkg/ui"
)

// Report is what came of the transcripts that were played, in their order.
type Report []Finding

// Finding is the verdict on one transcript, and where that stands.
type Finding struct {
	Lesson     *Lesson
	Transcript *Transcript
	Verdict    Verdict
}

func (p *performance) report() Report {
	var r Report
	for _, s := range p.slides {
		if v, played := p.verdicts[s]; played {
			r = append(r, Finding{s.lesson, s.transcript, v})
		}
	}
	return r
}

// Broken tells whether something does not hold.
func (r Report) Broken() bool {
	for _, f := range r {
		if !f.Verdict.Held && f.Verdict.Missing == nil {
			return true
		}
	}
	return false
}

// Show writes what was not played, what does not hold, and how much does.
func (r Report) Show(screen *ui.UI) {
	screen.Section(lang.T("What came of it"))
	screen.Line("")
	for _, group := range r.missing() {
		screen.Warn(lang.F("%s not played here: %v", group.lines(), group[0].Verdict.Missing))
	}
	held, played := 0, 0
	for _, f := range r {
		switch {
		case f.Verdict.Missing != nil:
			continue
		case f.Verdict.Held:
			held++
		default:
			screen.Bad(lang.F("%s: does not hold", f.Where()))
		}
		played++
	}
	switch sum := lang.F("%d of the %d transcripts that were played hold", held, played); {
	case held < played:
		screen.Bad(sum)
	case played > 0:
		screen.Good(sum)
	}
}

// missing groups what was not played by lesson and reason.
func (r Report) missing() []Report {
	var groups []Report
	for _, f := range r {
		if f.Verdict.Missing == nil {
			continue
		}
		same := func(g Report) bool {
			return g[0].Lesson == f.Lesson && g[0].Verdict.Missing.Error() == f.Verdict.Missing.Error()
		}
		if i := slices.IndexFunc(groups, same); i >= 0 {
			groups[i] = append(groups[i], f)
		} else {
			groups = append(groups, Report{f})
		}
	}
	return groups
}

// lines names transcripts of one lesson: "lesson 8, lines 12, 40:".
func (r Report) lines() string {
	var lines []string
	for _, f := range r {
		lines = append(lines, strconv.Itoa(f.Transcript.Line))
	}
	deck := r[0].Lesson.Number == 0
	switch {
	case deck && len(lines) == 1:
		return lang.F("slides, line %s:", lines[0])
	case deck:
		return lang.F("slides, lines %s:", strings.Join(lines, ", "))
	case len(lines) == 1:
		return lang.F("lesson %d, line %s:", r[0].Lesson.Number, lines[0])
	}
	return lang.F("lesson %d, lines %s:", r[0].Lesson.Number, strings.Join(lines, ", "))
}

// Show writes the verdict, with what differs.
func (f *Finding) Show(screen *ui.UI) { f.Verdict.show(screen, f.Transcript) }

// Where names the transcript by its place in the file.
func (f *Finding) Where() string {
	return fmt.Sprintf("%s/%s:%d", f.Lesson.dir, f.Lesson.File, f.Transcript.Line)
}

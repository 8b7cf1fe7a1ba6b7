package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/how-to-be-a-container/workshop/pkg/attack"
	"github.com/how-to-be-a-container/workshop/pkg/lang"
	"github.com/how-to-be-a-container/workshop/pkg/matrix"
	"github.com/how-to-be-a-container/workshop/pkg/ui"
)

// matrixTable draws the matrix row by row. On a terminal a row fills while it is
// measured.
type matrixTable struct {
	screen *ui.UI
	lab    *matrix.Lab
	gauge  *ui.Gauge
	probe  *attack.Probe
	cells  []matrix.Cell // of the row that is being measured
	seen   map[matrix.State]bool
	aside  bool // a layer let something through that is not its business
}

// The signs of a cell. They can be told apart without colours.
const (
	signStopped      = "✓"
	signThrough      = "✗"
	signNotBusiness  = "·"
	signInconclusive = "?"
	signImpossible   = "-"
)

const (
	probeColumn = 18
	longTable   = 12
)

func (t *matrixTable) head() {
	t.gauge, t.seen = t.screen.NewGauge(), map[matrix.State]bool{}
	t.screen.Title(lang.T("The matrix"), lang.T("every attack against every layer, measured now"))
	t.screen.Line("")
	t.screen.Line(strings.TrimRight(t.groups(), " "))
	t.screen.Line(t.screen.Key(t.line(lang.T("ATTACK"), headOf)))
}

// groups is the line above the heads.
func (t *matrixTable) groups() string {
	line, last := ui.Pad("", probeColumn), matrix.Kind("")
	for _, s := range t.lab.Sets {
		if s.Kind != last {
			line += strings.Repeat(" ", gapBefore(s.Kind)) + ui.Pad(groupOf(s.Kind), t.widthOf(s.Kind))
		}
		last = s.Kind
	}
	return line
}

func groupOf(k matrix.Kind) string {
	switch k {
	case matrix.Alone:
		return lang.T("one layer alone")
	case matrix.AllBut:
		return lang.T("all but this one")
	}
	return ""
}

// widthOf is how many columns the sets of a kind take.
func (t *matrixTable) widthOf(k matrix.Kind) int {
	width := -1
	for _, s := range t.lab.Sets {
		if s.Kind == k {
			width += 1 + ui.Width(headOf(s))
		}
	}
	return width
}

func headOf(s *matrix.Set) string {
	if s.Layer != nil {
		return s.Layer.Short
	}
	switch s.Kind {
	case matrix.All:
		return lang.T("all")
	case matrix.Other:
		return s.Name()
	}
	return lang.T("none")
}

func gapBefore(k matrix.Kind) int {
	if k == matrix.None {
		return 1
	}
	return 3
}

// line puts one text below each head.
func (t *matrixTable) line(name string, text func(*matrix.Set) string) string {
	line, last := ui.Pad(name, probeColumn), matrix.Kind("")
	for _, s := range t.lab.Sets {
		gap := 1
		if s.Kind != last {
			gap = gapBefore(s.Kind)
		}
		last = s.Kind
		line += strings.Repeat(" ", gap) + ui.Center(text(s), ui.Width(headOf(s)))
	}
	return strings.TrimRight(line, " ")
}

func (t *matrixTable) begin(p *attack.Probe) {
	t.probe, t.cells = p, nil
	if t.gauge.InPlace() {
		t.gauge.Show(t.row())
	}
}

func (t *matrixTable) cell(c matrix.Cell) {
	t.cells = append(t.cells, c)
	t.seen[c.State] = true
	if t.gauge.InPlace() {
		t.gauge.Show(t.row())
	}
}

func (t *matrixTable) end(*matrix.Row) {
	if t.gauge.InPlace() {
		t.gauge.End()
		return
	}
	t.screen.Line(t.row())
}

// row is what is known of it.
func (t *matrixTable) row() string {
	next := 0
	return t.line(t.probe.Name, func(*matrix.Set) string {
		next++
		if next > len(t.cells) {
			return ""
		}
		return t.sign(t.cells[next-1])
	})
}

func (t *matrixTable) sign(c matrix.Cell) string {
	switch c.State {
	case matrix.Stopped:
		return t.screen.GoodWord(signStopped)
	case matrix.Inconclusive:
		return t.screen.WarnWord(signInconclusive)
	case matrix.Impossible:
		return t.screen.DimWord(signImpossible)
	}
	if c.Set.Kind == matrix.Alone && c.Set.Layer.Step.Name != t.probe.Stops {
		t.aside = true
		return t.screen.DimWord(signNotBusiness)
	}
	return t.screen.BadWord(signThrough)
}

func (t *matrixTable) foot(sum *matrix.Summary, rows []*matrix.Row) {
	if len(rows) > 1 {
		t.screen.Line(t.screen.Key(t.line(lang.T("stopped"), func(s *matrix.Set) string {
			return fmt.Sprint(sum.Stopped[s.Name()])
		})))
	}
	if len(rows) > longTable { // the first line may have left the screen
		t.screen.Line(t.screen.Key(t.line("", headOf)))
	}
	t.screen.Line("")
	t.legend()
	if len(rows) > longTable {
		t.screen.Line(lang.T("What each attack tries: workshop attack"))
	}
	t.notes(sum, rows)
	t.verdict(sum)
}

func (t *matrixTable) legend() {
	parts := []string{
		signStopped + " " + lang.T("stopped"),
		signThrough + " " + lang.T("went through"),
	}
	if t.aside {
		parts = append(parts, signNotBusiness+" "+lang.T("went through, not this layer's business"))
	}
	if t.seen[matrix.Inconclusive] {
		parts = append(parts, signInconclusive+" "+lang.T("shows nothing"))
	}
	if t.seen[matrix.Impossible] {
		parts = append(parts, signImpossible+" "+lang.T("not possible here"))
	}
	t.together(parts)
	parts = nil
	for _, l := range t.lab.Layers {
		parts = append(parts, l.Short+" "+l.Step.Name)
	}
	t.together(parts)
}

// together writes parts on as few lines as can be, and divides none.
func (t *matrixTable) together(parts []string) {
	line := ""
	for _, p := range parts {
		switch {
		case line == "":
			line = p
		case ui.Width(line)+3+ui.Width(p) <= t.screen.Width():
			line += "   " + p
		default:
			t.screen.Line(line)
			line = p
		}
	}
	t.screen.Line(line)
}

// notes explain each sign that is no answer, and each hole.
func (t *matrixTable) notes(sum *matrix.Summary, rows []*matrix.Row) {
	t.screen.Line("")
	for _, l := range t.lab.Layers {
		if l.Missing != nil {
			t.screen.Warn(lang.F("%s: not possible here: %s.", l.Step.Name, l.Missing))
		}
	}
	for _, r := range sum.NotHere {
		t.screen.Warn(lang.F("%s: not possible here: %s.", r.Probe.Name, r.Base.Reason))
	}
	for _, text := range unclear(rows) {
		t.screen.Warn(text)
	}
	for _, r := range sum.Broken {
		t.screen.Bad(brokenText(r))
	}
}

// unclear gives each reason, once, why a cell of a good row shows nothing.
func unclear(rows []*matrix.Row) []string {
	var list []string
	for _, r := range rows {
		for _, c := range r.Cells {
			if !r.Counts() || c.State != matrix.Inconclusive {
				continue
			}
			if text := lang.F("%s: shows nothing: %s.", c.Set.Name(), c.Reason); !slices.Contains(list, text) {
				list = append(list, text)
			}
		}
	}
	return list
}

func brokenText(r *matrix.Row) string {
	claim, c := r.Broken()
	shown := c.State == matrix.Allowed
	switch {
	case claim == matrix.OwnLayer && !shown:
		return lang.F("%s: %s was made to stop it, and nothing shows whether it does: %s.", r.Probe.Name, r.Probe.Stops, resultOf(c))
	case claim == matrix.Everything && !shown:
		return lang.F("%s: nothing shows whether all layers together stop it: %s.", r.Probe.Name, resultOf(c))
	case claim == matrix.OwnLayer:
		return lang.F("%s: %s was made to stop it, and alone it did not: %s.", r.Probe.Name, r.Probe.Stops, resultOf(c))
	case claim == matrix.Everything:
		return lang.F("%s: all layers together did not stop it: %s.", r.Probe.Name, resultOf(c))
	}
	return lang.F("%s: it did not even succeed without any layer, so its row shows nothing: %s.", r.Probe.Name, resultOf(c))
}

func resultOf(c matrix.Cell) string {
	if c.Reason == "" {
		return lang.T("it went through")
	}
	return c.Reason
}

// verdict is the Swiss cheese in one sentence.
func (t *matrixTable) verdict(sum *matrix.Summary) {
	t.sole(sum)
	text := attacks(sum.Attacks)
	if b := sum.Best; b != nil && sum.Stopped[b.Step.Name] > 0 {
		text += lang.F("; the best single layer, %s, stops %d", b.Step.Name, sum.Stopped[b.Step.Name])
	}
	for _, s := range t.lab.Sets {
		if s.Kind == matrix.Other {
			text += otherText(s.Name(), sum)
		}
	}
	if !sum.Tried {
		t.screen.Text(text+lang.T("."), 0)
		return
	}
	text += lang.F("; all together stop %d.", sum.Together)
	switch {
	case !sum.Holds():
		t.screen.Bad(text)
	case sum.Attacks == 0, sum.Together < sum.Attacks:
		t.screen.Warn(text)
	default:
		t.screen.Good(text)
	}
	t.through(sum)
}

// otherText counts what another program's container stops, of what could be tried.
func otherText(name string, sum *matrix.Summary) string {
	switch tried := sum.Answered[name]; {
	case sum.Untried != nil:
		return lang.F("; in %s not one could be tried", name)
	case tried < sum.Attacks:
		return lang.F("; %s stops %d of %d that could be tried in it", name, sum.Stopped[name], tried)
	}
	return lang.F("; %s stops %d", name, sum.Stopped[name])
}

func attacks(n int) string {
	if n == 1 {
		return lang.T("1 attack")
	}
	return lang.F("%d attacks", n)
}

// through names what goes through all layers, by a hole that is known.
func (t *matrixTable) through(sum *matrix.Summary) {
	var kept []string
	names := map[string][]string{} // by layer
	for _, r := range sum.Through {
		if r.Hole.Keeps != "" {
			kept = append(kept, fmt.Sprintf("%s (%s)", r.Probe.Name, r.Hole.Keeps))
		} else {
			names[r.Hole.Layer] = append(names[r.Hole.Layer], r.Probe.Name)
		}
	}
	if len(kept) > 0 {
		t.screen.Text(lang.F("Goes through, because the container keeps the capability: %s.", strings.Join(kept, ", ")), 2)
	}
	for _, l := range matrix.Layers() {
		if list := strings.Join(names[l.Step.Name], ", "); list != "" {
			t.screen.Text(t.because(l.Step.Name, list), 2)
		}
	}
}

// because says why attacks go through, for they were left to one layer.
func (t *matrixTable) because(layer, attacks string) string {
	for _, l := range t.lab.Layers {
		switch {
		case l.Step.Name != layer:
		case l.Missing != nil:
			return lang.F("Goes through, because this machine has no %s: %s.", layer, attacks)
		default:
			return lang.F("Goes through, because %s is not as in the lessons here: %s.", layer, attacks)
		}
	}
	return lang.F("Goes through, because %s is not among the layers: %s.", layer, attacks)
}

// sole names the layers without which something goes through.
func (t *matrixTable) sole(sum *matrix.Summary) {
	for _, l := range t.lab.Layers {
		if n := sum.Sole[l.Step.Name]; n > 0 {
			t.screen.Line(lang.F("Only %s stops it: %s.", l.Step.Name, attacks(n)))
		}
	}
}

package main

import (
	"fmt"
	"strings"

	"github.com/how-to-be-a-container/workshop/pkg/check"
	"github.com/how-to-be-a-container/workshop/pkg/lang"
	"github.com/how-to-be-a-container/workshop/pkg/rootfs"
	"github.com/how-to-be-a-container/workshop/pkg/ui"
)

// showCheck shows a person what holds, what does not, and what to do next.
func showCheck(screen *ui.UI, r *check.Report) error {
	screen.Title(lang.F("Check %s", lessonName(stepOf(r.Lesson))), ui.Cut(oneLine(r.Command), screen.Width()))
	if r.NoShell != nil {
		showNoShell(screen, r)
		return screen.Err()
	}
	screen.Line("")
	for _, p := range r.Points {
		showPoint(screen, p)
	}
	showLayers(screen, r.Layers)
	if r.Terminal {
		screen.Dim(lang.T("Without a terminal your program did nothing, so it was given one."))
	}
	for _, w := range r.Warnings {
		screen.Warn(w)
	}
	showVerdict(screen, r)
	return screen.Err()
}

// oneLine writes a command in one line: a script may have several.
func oneLine(command []string) string {
	return strings.Join(strings.Fields(strings.Join(command, " ")), " ")
}

// showPoint shows a point with its fact, in one line where that is enough.
func showPoint(screen *ui.UI, p check.Point) {
	mark := map[check.State]func(string){check.Holds: screen.Good, check.Fails: screen.Bad, check.Unclear: screen.Warn}[p.State]
	if line := p.Says + ": " + p.Fact; ui.Fits(line, screen.Width()-2) {
		mark(line)
		return
	}
	mark(p.Says + ":")
	screen.Text(p.Fact, 4)
}

// showLayers tells in a line each what there is of the earlier lessons.
func showLayers(screen *ui.UI, layers []check.Layer) {
	if len(layers) == 0 {
		return
	}
	screen.Line("")
	screen.Dim(lang.T("The layers of the lessons before, which are not judged:"))
	for _, l := range layers {
		line := fmt.Sprintf("  %d %-13s", l.Lesson, l.Name)
		if l.Holds {
			screen.Dim(line + lang.T("is there"))
			continue
		}
		screen.Dim(line + lang.T("is not all there:"))
		for _, m := range l.Missing {
			screen.Dim("      " + m)
		}
	}
}

func showVerdict(screen *ui.UI, r *check.Report) {
	screen.Line("")
	hold := 0
	for _, p := range r.Points {
		if p.State == check.Holds {
			hold++
		}
	}
	if r.Holds {
		screen.Good(lang.F("All %d points hold.", hold))
		return
	}
	screen.Bad(lang.F("%d of %d points hold.", hold, len(r.Points)))
	showHint(screen, r)
	showSaid(screen, r)
}

// showPassed says what there is to do after an exercise. There is a lesson after
// each that has one.
func showPassed(screen *ui.UI, n int) {
	next := [2]string{fmt.Sprintf("%s workshop %d", rootfs.Sudo(), n+1), lang.T("the next lesson")}
	if !runsHere(n + 1) {
		next = [2]string{fmt.Sprintf("workshop read %d", n+1), lang.T("the next lesson, which cannot run here")}
	}
	screen.Line("")
	screen.Line(screen.Strong(lang.T("Next:")))
	showWays(screen, [][2]string{
		{fmt.Sprintf("workshop solution %d", n), lang.T("another solution, to compare")},
		{fmt.Sprintf("workshop quiz %d", n), lang.T("the questions of this lesson")},
		next,
	})
}

func showHint(screen *ui.UI, r *check.Report) {
	if r.Hint != "" {
		screen.Line("")
		screen.Line(screen.Strong(lang.T("Next:")))
		for _, line := range strings.Split(r.Hint, "\n") {
			if command, ok := strings.CutPrefix(line, "\t"); ok {
				screen.Line("    " + screen.Code(command))
				continue
			}
			screen.Text(line, 2)
		}
	}
}

// showSaid shows what the program itself said, where something is wrong.
func showSaid(screen *ui.UI, r *check.Report) {
	if len(r.Said) == 0 {
		return
	}
	screen.Line("")
	screen.Dim(lang.T("The last that your program said:"))
	for _, line := range r.Said {
		screen.Dim("  " + ui.Cut(line, screen.Width()-2))
	}
}

func showNoShell(screen *ui.UI, r *check.Report) {
	screen.Line("")
	screen.Bad(lang.F("There is no shell to look at: %s.", r.NoShell.Says))
	showHint(screen, r)
	showSaid(screen, r)
}

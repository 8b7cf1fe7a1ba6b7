package main

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/how-to-be-a-container/workshop/pkg/doctor"
	"github.com/how-to-be-a-container/workshop/pkg/inside"
	"github.com/how-to-be-a-container/workshop/pkg/lang"
	"github.com/how-to-be-a-container/workshop/pkg/ui"
)

func newDoctorCommand() *cobra.Command {
	var asJSON, paste bool
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Which lessons this machine can run, and what is missing",
		Long: `Say of each lesson whether it is ready, works with limits or cannot run here,
with what was measured and the command or setting that mends it. Nothing is
taken from a table: the system calls are made where that is harmless, on threads
and in processes of their own, and as root a container of each lesson runs true.

Exit code: 0 all lessons are ready, 1 some work with limits, 77 some cannot run.`,
		Example: `  sudo workshop doctor
  sudo workshop doctor --paste
  workshop doctor --json`,
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if asJSON || paste { // for scripts, and for helpers anywhere
				if err := lang.Set(lang.English); err != nil {
					return err
				}
			}
			ctx, stop := untilSignal(cmd.Context())
			defer stop()
			report := doctor.Judge(doctor.Measure())
			if err := report.Run(ctx); err != nil {
				return err
			}
			if err := writeDoctor(cmd.OutOrStdout(), report, asJSON, paste); err != nil {
				return err
			}
			return doctorCode(report.State())
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	cmd.Flags().BoolVar(&paste, "paste", false, "only the block to paste when asking for help")
	cmd.MarkFlagsMutuallyExclusive("json", "paste")
	return cmd
}

// doctorCode ends with the exit code of the worst lesson.
func doctorCode(s doctor.State) error {
	code := map[doctor.State]int{doctor.Ready: 0, doctor.Limited: exitClaim, doctor.Cannot: exitUnsupported}[s]
	if code == 0 {
		return nil
	}
	return exitCode(code)
}

func writeDoctor(w io.Writer, r *doctor.Report, asJSON, paste bool) error {
	switch {
	case asJSON:
		b, err := json.Marshal(r)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(w, doctor.Scrub(string(b)))
		return err
	case paste:
		_, err := io.WriteString(w, pasteBlock(r))
		return err
	}
	return showDoctor(ui.New(w), r)
}

// stateWords are the states as people read them.
var stateWords = map[doctor.State]string{
	doctor.Ready: lang.N("ready"), doctor.Limited: lang.N("works with limits"), doctor.Cannot: lang.N("cannot here"),
}

func showDoctor(screen *ui.UI, r *doctor.Report) error {
	screen.Title("workshop doctor", machineName(r.Machine))
	screen.Line("")
	for _, l := range r.Lessons {
		show := map[doctor.State]func(string){
			doctor.Ready: screen.Good, doctor.Limited: screen.Warn, doctor.Cannot: screen.Bad,
		}[l.State]
		show(fmt.Sprintf("%-18s%s", l.Name, lessonState(r.Machine, l)))
	}
	screen.Line("")
	screen.Text(summary(r), 0)
	showFindings(screen, r.Findings)
	screen.Section(lang.T("The machine"))
	for _, f := range machineFacts(r.Machine) {
		if f[1] != "" {
			screen.Term(f[0], f[1])
		}
	}
	screen.Line("")
	screen.Text(lang.T("To ask for help, paste what this prints: workshop doctor --paste"), 0)
	return screen.Err()
}

// summary is the whole in a sentence, and what to do next.
func summary(r *doctor.Report) string {
	ready := 0
	for _, l := range r.Lessons {
		if l.State == doctor.Ready {
			ready++
		}
	}
	switch {
	case ready == len(r.Lessons):
		return lang.T("All lessons are ready. Begin with: sudo workshop 1")
	case !r.Machine.Root:
		return lang.T("Only root can try everything: sudo workshop doctor")
	}
	return lang.F("%d of %d lessons are ready. What would mend the others stands below, after the arrows.", ready, len(r.Lessons))
}

func lessonState(m *doctor.Machine, l doctor.Lesson) string {
	text := lang.T(stateWords[l.State])
	switch {
	case l.State == doctor.Cannot:
	case !m.Root:
		text += ": " + lang.T("needs root")
	case len(l.Without) > 0:
		text += ": --without " + strings.Join(l.Without, ",")
	}
	return text
}

// showFindings says each finding once, the worst first.
func showFindings(screen *ui.UI, findings []doctor.Finding) {
	for _, group := range []struct {
		state   doctor.State
		heading string
	}{
		{doctor.Cannot, lang.T("What keeps lessons from running")},
		{doctor.Limited, lang.T("What limits lessons")},
		{doctor.Ready, lang.T("Good to know")},
	} {
		heading := group.heading
		for _, f := range findings {
			if f.State != group.state {
				continue
			}
			if heading != "" {
				screen.Section(heading)
				heading = ""
			}
			screen.Term(numbers(f.Lessons), f.Fact)
			if f.Mend != "" {
				screen.Term("", "→ "+f.Mend)
			}
		}
	}
}

// numbers names lessons: "lessons 1-8", "lesson 4".
func numbers(list []int) string {
	slices.Sort(list)
	var parts []string
	for i := 0; i < len(list); {
		j := i
		for j+1 < len(list) && list[j+1] == list[j]+1 {
			j++
		}
		part := strconv.Itoa(list[i])
		if j > i {
			part += "-" + strconv.Itoa(list[j])
		}
		parts = append(parts, part)
		i = j + 1
	}
	if len(list) == 1 {
		return lang.F("lesson %s", parts[0])
	}
	return lang.F("lessons %s", strings.Join(parts, ", "))
}

func machineName(m *doctor.Machine) string { return "Linux " + m.Kernel + " " + m.Architecture }

// machineFacts are the rows about the machine.
func machineFacts(m *doctor.Machine) [][2]string {
	facts := [][2]string{
		{lang.T("distribution"), m.Distribution},
		{lang.T("inside of"), insideOf(m.Places)},
		{lang.T("cgroups"), cgroupFact(m)},
		{lang.T("security modules"), strings.Join(m.LSMs, ", ")},
		{lang.T("AppArmor label"), m.Label},
		{lang.T("seccomp actions"), strings.Join(m.Seccomp, " ")},
		{lang.T("namespaces"), strings.Join(m.Namespaces, " ")},
		{lang.T("user namespaces"), userNamespaceFact(m)},
		{lang.T("capabilities"), capabilityFact(m)},
		{lang.T("settings"), settings(m)},
		{lang.T("root filesystems"), chosen(m.Rootfs, lang.T("built: %s"), lang.T("not built: %s"))},
		{lang.T("tools"), chosen(m.Tools, lang.T("found: %s"), lang.T("not found: %s"))},
		{lang.T("perl in debian"), map[bool]string{true: lang.T("found")}[m.Perl]},
		{lang.T("terminal"), terminalFact(m.Terminal)},
	}
	return append(facts, triedFacts(m)...)
}

func insideOf(places []inside.Place) string {
	var list []string
	for _, p := range places {
		list = append(list, strings.TrimSpace(lang.T(p.Kind)+" "+p.Name)+" ("+p.How+")")
	}
	if list == nil {
		return lang.T("nothing that shows: hardware")
	}
	return strings.Join(list, "\n")
}

func cgroupFact(m *doctor.Machine) string {
	if !m.Proc {
		return "" // not known
	}
	c := m.Cgroup
	text := lang.T(worlds[c.World])
	switch {
	case c.Delegated:
		text += "\n" + lang.F("pids on version %d at %s; our own group is ours to change", c.Version, c.Mount)
	case c.Version > 0:
		text += "\n" + lang.F("pids on version %d at %s; our own group is not delegated to us", c.Version, c.Mount)
	}
	return text
}

func userNamespaceFact(m *doctor.Machine) string {
	text := lang.F("made one: %s", orNot(m.Tried["namespace user"]))
	if m.UserNamespace {
		text += "\n" + lang.T("this is the inside of one")
	}
	return text
}

func capabilityFact(m *doctor.Machine) string {
	switch {
	case !m.Proc:
		return "" // not known
	case len(m.Lacks) == 0:
		return lang.T("all that the kernel knows")
	}
	return lang.F("all but %s", strings.Join(m.Lacks, ", "))
}

// settings lists the sysctls that this kernel has.
func settings(m *doctor.Machine) string {
	var list []string
	for _, name := range slices.Sorted(maps.Keys(m.Sysctls)) {
		restricts := strings.HasPrefix(name, "kernel.") || name == "user.max_user_namespaces" || m.Sysctls[name] == "0"
		if m.Sysctls[name] != "" && restricts {
			list = append(list, name+" = "+m.Sysctls[name])
		}
	}
	return strings.Join(list, "\n")
}

// chosen names what is there, and what is not.
func chosen(things map[string]bool, there, missing string) string {
	var yes, no []string
	for _, name := range slices.Sorted(maps.Keys(things)) {
		if things[name] {
			yes = append(yes, name)
		} else {
			no = append(no, name)
		}
	}
	text := fmt.Sprintf(there, strings.Join(yes, ", "))
	if len(no) > 0 {
		text += "\n" + fmt.Sprintf(missing, strings.Join(no, ", "))
	}
	return text
}

func terminalFact(t doctor.Terminal) string {
	if !t.Is {
		return lang.T("standard output is none")
	}
	return lang.F("%s, %d columns", t.Type, t.Width)
}

// triedFacts say what was tried: what worked in one row.
func triedFacts(m *doctor.Machine) [][2]string {
	var works []string
	var rows [][2]string
	for _, what := range slices.Sorted(maps.Keys(m.Tried)) {
		if m.Tried[what] == doctor.Works {
			works = append(works, triedName(what))
		} else {
			rows = append(rows, [2]string{"", triedName(what) + ": " + m.Tried[what]})
		}
	}
	if len(works) > 0 {
		rows = append([][2]string{{lang.T("tried, works"), strings.Join(works, ", ")}}, rows...)
	}
	return rows
}

// triedName says what was tried, of which pkg/doctor has the English name.
func triedName(what string) string {
	for _, format := range []string{lang.N("namespace %s"), lang.N("write to %s")} {
		if object, ok := strings.CutPrefix(what, strings.TrimSuffix(format, "%s")); ok {
			return lang.F(format, object)
		}
	}
	return lang.T(what)
}

func orNot(outcome string) string {
	switch outcome {
	case "":
		return lang.T("not tried")
	case doctor.Works:
		return lang.T("works")
	}
	return outcome
}

// pasteBlock is Markdown that says it all, without names of people and hosts.
func pasteBlock(r *doctor.Report) string {
	var b strings.Builder
	fmt.Fprintf(&b, "```\nworkshop %s on %s\n", versionText(), machineName(r.Machine))
	for _, l := range r.Lessons {
		fmt.Fprintf(&b, "%-18s%s\n", l.Name, lessonState(r.Machine, l))
	}
	for _, f := range r.Findings {
		fmt.Fprintf(&b, "%s: %s\n", numbers(f.Lessons), f.Fact)
		if f.Mend != "" {
			fmt.Fprintf(&b, "    mend: %s\n", f.Mend)
		}
	}
	for _, f := range machineFacts(r.Machine) {
		if f[1] == "" {
			continue
		}
		fmt.Fprintf(&b, "%s: %s\n", f[0], strings.ReplaceAll(f[1], "\n", "; "))
	}
	b.WriteString("```\n")
	return doctor.Scrub(b.String())
}

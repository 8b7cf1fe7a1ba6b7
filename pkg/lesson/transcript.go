package lesson

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/how-to-be-a-container/workshop/pkg/nearest"
)

const (
	prompt     = "$ "
	morePrompt = "> "  // of the lines in which a command goes on
	anything   = "..." // in what must be seen
)

const defaultTimeout = 30 * time.Second

func parseTranscript(attributes string, lines []string) (*Transcript, error) {
	t := &Transcript{Timeout: defaultTimeout, Attributes: strings.TrimSpace(attributes)}
	for _, a := range strings.Fields(attributes) {
		name, value, _ := strings.Cut(a, "=")
		if err := t.attribute(name, value); err != nil {
			return nil, err
		}
	}
	return t, t.commands(lines)
}

func (t *Transcript) attribute(name, value string) (err error) {
	switch name {
	case "exit":
		if t.Exit, err = strconv.Atoi(value); err != nil || t.Exit < 0 || t.Exit > 255 {
			err = fmt.Errorf("%q is no exit code: exit=1, up to 255", value)
		}
	case "timeout":
		if t.Timeout, err = time.ParseDuration(value); err != nil || t.Timeout <= 0 {
			err = fmt.Errorf("%q is no time: timeout=60s", value)
		}
	case "interactive":
		if t.Interactive = true; value != "" {
			err = fmt.Errorf("it takes no value, and not %q", value)
		}
	case "needs":
		err = t.needs(value)
	default:
		known := []string{"exit", "timeout", "interactive", "needs"}
		err = fmt.Errorf("no attribute of a transcript%s; there are %s",
			nearest.Hint(name, known), strings.Join(known, ", "))
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

func (t *Transcript) needs(names string) error {
	for _, name := range strings.Split(names, ",") {
		n, err := findNeed(name)
		if err != nil {
			return err
		}
		t.Needs = append(t.Needs, n)
	}
	return nil
}

func (t *Transcript) commands(lines []string) error {
	var last *Command
	for _, line := range lines {
		text, typed := strings.CutPrefix(line, prompt)
		more, goesOn := strings.CutPrefix(line+" ", morePrompt)
		switch {
		case typed:
			t.Commands = append(t.Commands, Command{Text: text})
			last = &t.Commands[len(t.Commands)-1]
		case last == nil:
			return fmt.Errorf("a transcript begins with a command after %q, and not with %q", prompt, line)
		case goesOn && last.Want == nil:
			last.Text += "\n" + strings.TrimSuffix(more, " ")
		case strings.HasSuffix(last.Text, `\`) && last.Want == nil:
			return fmt.Errorf("the command %q goes on in a line that begins with %q, and not with %q", last.Text, morePrompt, line)
		default:
			last.Want = append(last.Want, line)
		}
	}
	if last == nil {
		return fmt.Errorf("a transcript without a command")
	}
	return nil
}

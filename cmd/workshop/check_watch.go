package main

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/how-to-be-a-container/workshop/pkg/check"
	"github.com/how-to-be-a-container/workshop/pkg/lang"
	"github.com/how-to-be-a-container/workshop/pkg/ui"
)

// Of --watch: how often to look, and how long a file must stay as it is until it
// is taken to be written.
const (
	watchEvery = 200 * time.Millisecond
	watchQuiet = 300 * time.Millisecond
)

// watchFiles judges, and again after each change, until Ctrl-C. It ends as the
// last time did.
func (f *checkFlags) watchFiles(ctx context.Context, out io.Writer, c *check.Check) error {
	files := filesOf(c)
	if len(files) == 0 {
		return usageError{errors.New("--watch looks at the files of COMMAND, and there is none: workshop check 2 --watch -- ./box.sh")}
	}
	for {
		if ui.IsTerminal(out) {
			_, _ = io.WriteString(out, "\x1b[H\x1b[2J\x1b[3J")
		}
		seen := stamps(files)
		last := f.once(ctx, out, c)
		var code exitCode
		if ctx.Err() == nil && last != nil && !errors.As(last, &code) {
			return last
		}
		if !f.json && ctx.Err() == nil {
			ui.New(out).Dim("\n" + lang.F("%s: again when %s changes; Ctrl-C ends this.", time.Now().Format(time.TimeOnly), strings.Join(files, ", ")))
		}
		if !changed(ctx, files, seen) {
			return last
		}
	}
}

// filesOf lists the files that a command names: the program, and arguments.
func filesOf(c *check.Check) []string {
	if c.Path != "" {
		return nil
	}
	var files []string
	for i, word := range c.Command {
		path := word
		if i == 0 {
			path, _ = exec.LookPath(word)
		}
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
			files = append(files, path)
		}
	}
	return files
}

// stamp tells two states of a file apart.
type stamp struct {
	time time.Time
	size int64
}

func stamps(files []string) []stamp {
	list := make([]stamp, len(files))
	for i, file := range files {
		if info, err := os.Stat(file); err == nil { // an editor may rename: for a moment it is not there
			list[i] = stamp{info.ModTime(), info.Size()}
		}
	}
	return list
}

// changed waits until a file has changed and stays as it is. It is false when
// the context ends.
func changed(ctx context.Context, files []string, seen []stamp) bool {
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	last, since := seen, time.Now()
	for {
		select {
		case <-ctx.Done():
			return false
		case <-tick.C:
		}
		now := stamps(files)
		if !equal(now, last) {
			last, since = now, time.Now()
		}
		if !equal(now, seen) && time.Since(since) >= watchQuiet {
			return true
		}
	}
}

func equal(a, b []stamp) bool {
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

package main

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
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

// filesOf lists the files that a command names: the program, and arguments. That
// one may be a directory, as for go run.
func filesOf(c *check.Check) []string {
	if c.Path != "" {
		return nil
	}
	var files []string
	for i, word := range c.Command {
		if i == 0 {
			word = programFile(word)
		}
		if info, err := os.Stat(word); err == nil && (info.Mode().IsRegular() || i > 0 && info.IsDir()) {
			files = append(files, word)
		}
	}
	return files
}

// programFile is the file of a program, which may not be executable yet.
func programFile(word string) string {
	if path, err := exec.LookPath(word); err == nil && !strings.Contains(word, "/") {
		return path
	}
	return word
}

// stamp tells two states of a file apart.
type stamp struct {
	time time.Time
	size int64
	mode fs.FileMode
}

// stamps has the state of each file, and of those of a directory.
func stamps(files []string) map[string]stamp {
	found := map[string]stamp{}
	for _, file := range files {
		info, err := os.Stat(file) // an editor may rename: for a moment it is not there
		switch {
		case err != nil:
		case info.IsDir():
			maps.Copy(found, stamps(visible(file)))
		default:
			found[file] = stamp{info.ModTime(), info.Size(), info.Mode()}
		}
	}
	return found
}

// visible lists the files of a directory, without the hidden ones of editors.
func visible(dir string) []string {
	entries, _ := os.ReadDir(dir)
	var files []string
	for _, e := range entries {
		if e.Type().IsRegular() && !strings.HasPrefix(e.Name(), ".") {
			files = append(files, filepath.Join(dir, e.Name()))
		}
	}
	return files
}

// changed waits until a file has changed and stays as it is. It is false when
// the context ends.
func changed(ctx context.Context, files []string, seen map[string]stamp) bool {
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
		if !maps.Equal(now, last) {
			last, since = now, time.Now()
		}
		if !maps.Equal(now, seen) && time.Since(since) >= watchQuiet {
			return true
		}
	}
}

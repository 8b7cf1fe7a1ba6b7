package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/how-to-be-a-container/workshop/internal/testevent"
)

// record copies the events of in to a file, and prints each package as it ends.
func record(file string, in io.Reader, out io.Writer) error {
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	defer f.Close()
	name := strings.TrimSuffix(f.Name()[strings.LastIndex(f.Name(), "/")+1:], ".json")
	counts := map[string]map[string]int{} // by package, then by action
	err = eachEvent(in, func(e testevent.Event) error {
		if e.Test != "" && e.Ends() {
			if counts[e.Package] == nil {
				counts[e.Package] = map[string]int{}
			}
			counts[e.Package][e.Action]++
		}
		if c := counts[e.Package]; e.Test == "" && e.Ends() && (c != nil || e.Action == "fail") {
			fmt.Fprintf(out, "%-6s %s  %-24s %3d passed %3d failed %3d skipped  %.1f s\n", name, e.Action,
				strings.TrimPrefix(e.Package, module), c["pass"], c["fail"], c["skip"], e.Elapsed)
		}
		return testevent.Write(f, e)
	})
	if err != nil {
		return err
	}
	return f.Close()
}

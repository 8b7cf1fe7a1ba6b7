// Package nearest finds the name that was probably meant.
package nearest

import (
	"fmt"
	"strings"
)

// Name gives the shortest candidate that begins with name or else has it within; else
// the one with the fewest edits to it, or "" where none is near: more than a third of
// its letters would have to change.
func Name(name string, candidates []string) string {
	name = strings.ToLower(name)
	if len(name) > 2 { // fewer are in too many
		for _, fits := range []func(string, string) bool{strings.HasPrefix, strings.Contains} {
			if best := shortest(candidates, func(c string) bool { return fits(c, name) }); best != "" {
				return best
			}
		}
	}
	best, least := "", len(name)/3+1
	for _, c := range candidates {
		lower := strings.ToLower(c)
		if max(len(name)-len(lower), len(lower)-len(name)) >= least {
			continue // so many edits at least, and the name may be a megabyte of somebody's file
		}
		if d := distance(name, lower); d < least {
			best, least = c, d
		}
	}
	return best
}

// shortest gives the shortest candidate that fits in small letters, or "".
func shortest(candidates []string, fits func(string) bool) string {
	best := ""
	for _, c := range candidates {
		if fits(strings.ToLower(c)) && (best == "" || len(c) < len(best)) {
			best = c
		}
	}
	return best
}

// Hint is " (did you mean "x"?)", or nothing.
func Hint(name string, candidates []string) string {
	if n := Name(name, candidates); n != "" {
		return fmt.Sprintf(" (did you mean %q?)", n)
	}
	return ""
}

// distance counts the insertions, deletions, changes and swaps of neighbours from a
// to b: the optimal string alignment.
func distance(a, b string) int {
	d := make([][]int, len(a)+1)
	for i := range d {
		d[i] = make([]int, len(b)+1)
		d[i][0] = i
	}
	for j := range d[0] {
		d[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			change := d[i-1][j-1]
			if a[i-1] != b[j-1] {
				change++
			}
			d[i][j] = min(change, d[i-1][j]+1, d[i][j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d[i][j] = min(d[i][j], d[i-2][j-2]+1)
			}
		}
	}
	return d[len(a)][len(b)]
}

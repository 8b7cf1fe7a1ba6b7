package lesson

import (
	"strings"

	"github.com/how-to-be-a-container/workshop/pkg/ui"
)

// edit is one line of a comparison: ' ' was expected and seen, '-' is missing,
// '+' is seen and not expected, '.' is covered by "...".
type edit struct {
	sign byte
	line string
}

// compare finds the fewest edits from what is expected to what was seen. There
// are none with + or - exactly where the output is as it must be.
func compare(want, got []string) []edit {
	want, got = trim(want), trim(got)
	cost := costs(want, got)
	var edits []edit
	i, j := 0, 0
	for i < len(want) || j < len(got) {
		here := cost[i][j]
		switch {
		case i < len(want) && want[i] == anything && cost[i+1][j] == here:
			i++
		case i < len(want) && want[i] == anything && j < len(got) && cost[i][j+1] == here:
			edits = append(edits, edit{'.', got[j]})
			j++
		case i < len(want) && j < len(got) && cost[i+1][j+1] == here && like(want[i], got[j]):
			edits = append(edits, edit{' ', got[j]})
			i, j = i+1, j+1
		case i < len(want) && cost[i+1][j] == here-1:
			edits = append(edits, edit{'-', want[i]})
			i++
		default:
			edits = append(edits, edit{'+', got[j]})
			j++
		}
	}
	return edits
}

// costs gives for every pair of rests how many lines differ.
func costs(want, got []string) [][]int {
	cost := make([][]int, len(want)+1)
	for i := len(want); i >= 0; i-- {
		cost[i] = make([]int, len(got)+1)
		for j := len(got); j >= 0; j-- {
			cost[i][j] = costAt(cost, want, got, i, j)
		}
	}
	return cost
}

func costAt(cost [][]int, want, got []string, i, j int) int {
	switch {
	case i == len(want):
		return len(got) - j
	case want[i] == anything && j == len(got):
		return cost[i+1][j]
	case want[i] == anything:
		return min(cost[i+1][j], cost[i][j+1])
	case j == len(got):
		return cost[i+1][j] + 1
	case like(want[i], got[j]):
		return cost[i+1][j+1]
	}
	return 1 + min(cost[i+1][j], cost[i][j+1])
}

// like tells whether a line is as expected; "..." in it stands for any text.
func like(want, got string) bool {
	parts := strings.Split(want, anything)
	if len(parts) == 1 {
		return want == got
	}
	first, last := parts[0], parts[len(parts)-1]
	if len(got) < len(first)+len(last) || !strings.HasPrefix(got, first) || !strings.HasSuffix(got, last) {
		return false
	}
	got = got[len(first) : len(got)-len(last)]
	for _, part := range parts[1 : len(parts)-1] {
		_, rest, found := strings.Cut(got, part)
		if !found {
			return false
		}
		got = rest
	}
	return true
}

// trim leaves out the empty lines at the end.
func trim(lines []string) []string {
	for len(lines) > 0 && lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	return lines
}

// shown gives the lines of an output as a reader sees them.
func shown(output string) []string {
	lines := strings.Split(strings.TrimSuffix(ui.Bare(output), "\n"), "\n")
	for i, line := range lines {
		line = strings.TrimRight(line, "\r")
		line = line[strings.LastIndexByte(line, '\r')+1:] // what a return wrote over is gone
		lines[i] = strings.TrimRight(line, " ")
	}
	return lines
}

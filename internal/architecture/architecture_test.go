// Package architecture_test holds the table of ARCHITECTURE.md against the source.
package architecture_test

import (
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/how-to-be-a-container/workshop/internal/testenv"
)

// TestImports: each package has a row that names what it imports of ours, and all
// of that stands below.
func TestImports(t *testing.T) {
	testenv.NotEmulated(t) // no guest has Go
	page, err := os.ReadFile("../../ARCHITECTURE.md")
	if err != nil {
		t.Fatal(err)
	}
	var order []string // of the rows
	column := make(map[string][]string)
	for _, row := range regexp.MustCompile("(?m)^\\| `(.+?)` \\|.*\\| (.*) \\|$").FindAllStringSubmatch(string(page), -1) {
		order = append(order, row[1])
		column[row[1]] = strings.Split(row[2], ", ")
	}
	list := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`,
		"./cmd/...", "./pkg/...", "./internal/sudo", "./internal/thread", "./lessons", "./slides", "./rootfs-scripts")
	list.Dir = "../.."
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	const ours = "github.com/how-to-be-a-container/workshop/"
	packages := strings.Split(strings.TrimSpace(string(out)), "\n")
	for _, line := range packages {
		var names []string // in the last column
		var from int
		for i, word := range strings.Fields(line) {
			path, isOurs := strings.CutPrefix(word, ours)
			row := slices.Index(order, path)
			switch {
			case !isOurs:
			case row < 0:
				t.Errorf("%s has no row", path)
			case i == 0:
				from = row
			case row < from:
				t.Errorf("%s imports %s, which stands above it", order[from], path)
			case path != "pkg/lang":
				names = append(names, strings.TrimPrefix(path, "pkg/"))
			}
		}
		said := column[order[from]]
		if order[from] == "cmd/workshop" || len(names) == 0 && slices.Equal(said, []string{"none"}) {
			continue
		}
		slices.Sort(names)
		if slices.Sort(said); !slices.Equal(said, names) {
			t.Errorf("%s imports %q, and its row says %q", order[from], names, said)
		}
	}
	if len(order) != len(packages) {
		t.Errorf("%d rows, and %d packages", len(order), len(packages))
	}
}

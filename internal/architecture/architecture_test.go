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

const ours = "github.com/how-to-be-a-container/workshop/"

// row is a package: its name below the module, and what it imports of ours.
type row struct {
	name    string
	imports []string
}

// TestImports: each package has a row that names what it imports of ours, and all
// of that stands below.
func TestImports(t *testing.T) {
	testenv.NotEmulated(t) // no guest has Go
	table, packages := rows(t), packages(t)
	if len(table) != len(packages) {
		t.Errorf("%d rows, and %d packages", len(table), len(packages))
	}
	for _, p := range packages {
		at := place(table, p.name)
		if at < 0 {
			t.Errorf("%s has no row", p.name)
			continue
		}
		for _, imported := range p.imports {
			if place(table, imported) < at {
				t.Errorf("%s imports %s, which stands above it, or nowhere", p.name, imported)
			}
		}
		if said := table[at].imports; p.name != "cmd/workshop" && !slices.Equal(said, column(p.imports)) {
			t.Errorf("%s imports %q, and its row says %q", p.name, column(p.imports), said)
		}
	}
}

// rows reads the table.
func rows(t *testing.T) (list []row) {
	t.Helper()
	page, err := os.ReadFile("../../ARCHITECTURE.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, cells := range regexp.MustCompile("(?m)^\\| `(.+?)` \\|.*\\| (.*) \\|$").FindAllStringSubmatch(string(page), -1) {
		imports := strings.Split(cells[2], ", ")
		slices.Sort(imports)
		list = append(list, row{cells[1], imports})
	}
	return list
}

// packages asks go list for what is in the table.
func packages(t *testing.T) (list []row) {
	t.Helper()
	cmd := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`,
		"./cmd/...", "./pkg/...", "./internal/errname", "./internal/job", "./internal/sudo", "./internal/thread", "./internal/word", "./lessons", "./slides", "./rootfs-scripts")
	cmd.Dir = "../.."
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(out)) {
		var names []string
		for _, path := range strings.Fields(line) {
			if name, isOurs := strings.CutPrefix(path, ours); isOurs {
				names = append(names, name)
			}
		}
		list = append(list, row{names[0], names[1:]})
	}
	return list
}

func place(table []row, name string) int {
	return slices.IndexFunc(table, func(r row) bool { return r.name == name })
}

// column is what the last column says of imports.
func column(imports []string) []string {
	var names []string
	for _, name := range imports {
		if name != "pkg/lang" {
			names = append(names, strings.TrimPrefix(name, "pkg/"))
		}
	}
	if names == nil {
		return []string{"none"}
	}
	slices.Sort(names)
	return names
}

package lang_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/how-to-be-a-container/workshop/pkg/apparmor"
	"github.com/how-to-be-a-container/workshop/pkg/attack"
	"github.com/how-to-be-a-container/workshop/pkg/demo"
	"github.com/how-to-be-a-container/workshop/pkg/lang"
	"github.com/how-to-be-a-container/workshop/pkg/steps"
)

// use is a text that the source gives to T, F or N.
type use struct {
	where string
	call  string
	text  string
	args  int // after the text
}

// TestEveryTextHasJapanese reads the source of the whole module.
func TestEveryTextHasJapanese(t *testing.T) {
	uses := uses(t)
	if len(uses) < 100 {
		t.Fatalf("only %d texts found in the source: was it read?", len(uses))
	}
	for _, u := range uses {
		if !lang.Has(u.text) {
			t.Errorf("%s: no Japanese for %q: add it to one of pkg/lang/catalog_*.go", u.where, u.text)
		}
		if n := filled(u.text); u.call == "F" && u.args != n {
			t.Errorf("%s: %q takes %d arguments and has %d", u.where, u.text, n, u.args)
		}
	}
}

// TestEveryLineOfAListHasJapanese is for the texts that are translated where
// they are shown.
func TestEveryLineOfAListHasJapanese(t *testing.T) {
	for _, text := range listed(t) {
		if !lang.Has(text) {
			t.Errorf("no Japanese for %q: add it to one of pkg/lang/catalog_*.go", text)
		}
	}
}

// listed are the lines of the lists, and the comments of the profile.
func listed(t *testing.T) []string {
	t.Helper()
	var list []string
	for _, s := range steps.All() {
		list = append(list, s.Does)
	}
	for _, p := range attack.All() {
		list = append(list, p.Tries)
	}
	for _, d := range demo.All() {
		list = append(list, d.Shows)
	}
	profile, err := apparmor.Text(apparmor.Options{Name: "name", Deny: []string{"/etc/shadow"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range apparmor.Rules(profile) {
		list = append(list, r.Why)
	}
	return list
}

// TestTranslationsKeepTheVerbs compares what fmt will fill in.
func TestTranslationsKeepTheVerbs(t *testing.T) {
	for english, japanese := range lang.Catalog() {
		want, got := verbs(english), verbs(japanese)
		if !slices.Equal(sorted(want), sorted(got)) {
			t.Errorf("%q has %v, and %q has %v", english, want, japanese, got)
		}
		if strings.Count(english, "\n") != strings.Count(japanese, "\n") {
			t.Errorf("%q and %q have not as many lines", english, japanese)
		}
	}
}

// TestNothingIsLeftOver finds translations whose English is no longer there.
func TestNothingIsLeftOver(t *testing.T) {
	used := written(t)
	for _, text := range listed(t) {
		used[text] = true
	}
	for english := range lang.Catalog() {
		if !used[english] {
			t.Errorf("the source has no %q any more", english)
		}
	}
}

func TestVerbs(t *testing.T) {
	for text, want := range map[string]string{
		"no verb, 100%%":    "[]",
		"%s of %d":          "[1s 2d]",
		"%[2]sの%[1]d":       "[2s 1d]",
		"%.1f s, %-8d, %3s": "[1f 2d 3s]",
	} {
		if got := fmt.Sprint(verbs(text)); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}

// sorted leaves out what is there twice.
func sorted(list []string) []string { return slices.Compact(slices.Sorted(slices.Values(list))) }

// filled is the number of arguments that a format takes: one may stand in two
// places.
func filled(format string) int {
	numbers := map[string]bool{}
	for _, v := range verbs(format) {
		numbers[strings.TrimRight(v, "abcdefghijklmnopqrstuvwxyz")] = true
	}
	return len(numbers)
}

var verb = regexp.MustCompile(`%(\[(\d+)\])?[-+# 0]*[\d.]*([a-zA-Z%])`)

// verbs lists what fmt fills in, with the number of the argument: "1s".
func verbs(text string) []string {
	var list []string
	next := 1
	for _, m := range verb.FindAllStringSubmatch(text, -1) {
		if m[3] == "%" {
			continue
		}
		if m[2] != "" {
			next, _ = strconv.Atoi(m[2])
		}
		list = append(list, fmt.Sprint(next, m[3]))
		next++
	}
	return list
}

// uses finds every T, F and N of the module.
func uses(t *testing.T) []use {
	t.Helper()
	set, packages := source(t)
	var list []use
	for _, files := range packages {
		list = append(list, usesIn(set, files)...)
	}
	return list
}

// written are all texts of the module, but for the catalog's.
func written(t *testing.T) map[string]bool {
	t.Helper()
	found := map[string]bool{}
	_, packages := source(t)
	for dir, files := range packages {
		if filepath.Base(dir) == "lang" {
			continue
		}
		for _, file := range files {
			ast.Inspect(file, func(n ast.Node) bool {
				if e, ok := n.(ast.Expr); ok {
					if text, ok := literal(e, nil); ok {
						found[text] = true
					}
				}
				return true
			})
		}
	}
	return found
}

// source parses the module, but for its tests. The files are by their folder.
func source(t *testing.T) (*token.FileSet, map[string][]*ast.File) {
	t.Helper()
	top, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	set := token.NewFileSet()
	packages := map[string][]*ast.File{}
	for _, dir := range []string{"cmd", "pkg", "lessons", "slides"} {
		err := filepath.WalkDir(filepath.Join(top, dir), func(path string, _ fs.DirEntry, err error) error {
			if os.IsNotExist(err) {
				return nil
			}
			if err != nil || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
				return err
			}
			file, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
			packages[filepath.Dir(path)] = append(packages[filepath.Dir(path)], file)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return set, packages
}

func usesIn(set *token.FileSet, files []*ast.File) []use {
	constants := map[string]string{}
	for _, file := range files {
		maps.Copy(constants, constantsOf(file))
	}
	var list []use
	for _, file := range files {
		list = append(list, rulesIn(set, file)...)
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) == 0 {
				return true
			}
			if name := called(call); name != "" {
				if text, ok := literal(call.Args[0], constants); ok {
					list = append(list, use{set.Position(call.Pos()).String(), name, text, len(call.Args) - 1})
				}
			}
			return true
		})
	}
	return list
}

// constantsOf are the texts that a file gives a name.
func constantsOf(file *ast.File) map[string]string {
	found := map[string]string{}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		for i, value := range spec.Values {
			if text, ok := literal(value, nil); ok {
				found[spec.Names[i].Name] = text
			}
		}
		return true
	})
	return found
}

// rulesIn are the constants of the type caps.Rule, whose Words are T of them.
func rulesIn(set *token.FileSet, file *ast.File) []use {
	var list []use
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || len(spec.Values) != 1 {
			return true
		}
		if name, ok := spec.Type.(*ast.Ident); ok && name.Name == "Rule" {
			text, _ := literal(spec.Values[0], nil)
			list = append(list, use{set.Position(n.Pos()).String(), "Rule", text, 0})
		}
		return true
	})
	return list
}

// called gives T, F or N for a call of one of them, Fact for the one of a probe,
// which translates the name of what it found, and else "".
func called(call *ast.CallExpr) string {
	f, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	x, ok := f.X.(*ast.Ident)
	if !ok {
		return ""
	}
	name := f.Sel.Name
	if x.Name == "lang" && slices.Contains([]string{"T", "F", "N"}, name) || x.Name == "t" && name == "Fact" {
		return name
	}
	return ""
}

// literal is the text of a literal or a constant, or of several with + between.
func literal(e ast.Expr, constants map[string]string) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(e.Value)
		return text, err == nil
	case *ast.Ident:
		text, ok := constants[e.Name]
		return text, ok
	case *ast.BinaryExpr:
		left, ok1 := literal(e.X, constants)
		right, ok2 := literal(e.Y, constants)
		return left + right, ok1 && ok2
	}
	return "", false
}

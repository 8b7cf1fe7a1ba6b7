package apparmor

import (
	_ "embed" // the profile below
	"fmt"
	"regexp"
	"strings"
)

// No text/template for three words: packages are initialized in the order of their
// names, and the child of pkg/container would wait for all that come before that one.
//
//go:embed docker.profile
var docker string

// Options fill in the profile.
type Options struct {
	Name string   // of the profile
	Deny []string // absolute paths to which all access is refused; * ? [] {} are patterns
	// ChrootRelative makes paths begin at the process's root directory. By
	// itself a path begins at the root of the mount namespace, which chroot(2)
	// does not change.
	ChrootRelative bool
}

// Flags are the flags of the profile, as they stand in its first line.
func (o Options) Flags() string {
	flags := "attach_disconnected,mediate_deleted"
	if o.ChrootRelative {
		flags += ",chroot_relative"
	}
	return flags
}

// Text is the profile: docker-default's rules, with two of the lesson and one
// for each path of Deny. See apparmor.d(5).
func Text(o Options) (string, error) {
	for _, path := range o.Deny {
		if err := CheckPath(path); err != nil {
			return "", err
		}
	}
	return strings.NewReplacer("$NAME", o.Name, "$FLAGS", o.Flags(), "$DENY", o.denials()).Replace(docker), nil
}

// denials are the rules for the paths of Deny.
func (o Options) denials() string {
	var b strings.Builder
	for _, path := range o.Deny {
		b.WriteString("  # From --apparmor-deny.\n  audit deny \"" + path + "\" mrwklx,\n")
	}
	return b.String()
}

// CheckPath says why a path cannot stand in a rule.
func CheckPath(path string) error {
	switch {
	case !strings.HasPrefix(path, "/"):
		return fmt.Errorf("deny %q: a rule names an absolute path, such as /usr/bin/top", path)
	case strings.ContainsAny(path, "\"\\\n"):
		return fmt.Errorf("deny %q: the path may hold no quote, backslash or line break", path)
	}
	return nil
}

// Rule is one rule of a profile and the comment above it.
type Rule struct {
	Text string `json:"rule"`
	Why  string `json:"why"`
}

// Rules takes a profile apart: what each line says, and why it is there.
func Rules(profile string) []Rule {
	var rules []Rule
	var why []string
	for line := range strings.Lines(profile) {
		line = strings.TrimSpace(line)
		switch comment, ok := strings.CutPrefix(line, "#"); {
		case ok:
			why = append(why, strings.TrimSpace(comment))
		case line == "" || line == "}":
			why = nil
		default:
			rules = append(rules, Rule{line, strings.Join(why, " ")})
			why = nil
		}
	}
	return rules
}

// Rename gives the profile another name, there and where its rules speak of
// itself (peer=NAME), and leaves every line where it is.
func Rename(profile, from, to string) string {
	name := `("?)` + regexp.QuoteMeta(from) + `("?)`
	header := regexp.MustCompile(`(?m)^(\s*)(?:profile\s+)?` + name + `(\s[^\n]*\{|\s*\{)`)
	profile = header.ReplaceAllString(profile, "${1}profile "+to+"${4}")
	peer := regexp.MustCompile(`(peer=)` + name + `([,\s)])`)
	return peer.ReplaceAllString(profile, "${1}"+to+"${4}")
}

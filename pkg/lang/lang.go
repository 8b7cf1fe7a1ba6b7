// Package lang says what a person reads in the person's language: English, or
// Japanese where that was asked for.
//
// The English text stands in the source and is the key of the catalog. Flags,
// the names of errors and whatever a script may read stay English.
package lang

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"unicode"
)

// The languages that there are.
const (
	English  = "en"
	Japanese = "ja"
)

// Env is the variable that names the language, before the locale's own.
const Env = "WORKSHOP_LANG"

var japanese atomic.Bool

// Set chooses the language: "en" or "ja".
func Set(name string) error {
	switch name {
	case English, Japanese:
		japanese.Store(name == Japanese)
		return nil
	}
	return fmt.Errorf("no language %q; there are %s and %s", name, English, Japanese)
}

// Now is the language that was chosen.
func Now() string {
	if japanese.Load() {
		return Japanese
	}
	return English
}

// FromEnv is the language of the environment: WORKSHOP_LANG, else the first of
// LC_ALL, LC_MESSAGES and LANG that is set, as locale(7) has them. What is
// neither is English.
func FromEnv() string {
	for _, name := range []string{Env, "LC_ALL", "LC_MESSAGES", "LANG"} {
		if value := os.Getenv(name); value != "" {
			if value == Japanese || strings.HasPrefix(value, Japanese+"_") {
				return Japanese
			}
			return English
		}
	}
	return English
}

// T gives the text in the language: what the catalog has for the English text,
// or that itself.
func T(english string) string {
	if japanese.Load() {
		if text, ok := catalog()[english]; ok {
			return text
		}
	}
	return english
}

// F is fmt.Sprintf with T of the format. A translation may name its arguments
// in another order: %[2]s.
func F(english string, args ...any) string { return fmt.Sprintf(T(english), args...) }

// Then sets a sentence behind another one, as in an error: that may be Japanese, and
// most are English in every language.
func Then(first, second string) string {
	if strings.ContainsFunc(first, kana) {
		return first + "。" + second
	}
	return first + "; " + second
}

func kana(r rune) bool { return unicode.In(r, unicode.Hiragana, unicode.Katakana) }

// N marks a text of a table, which T translates where it is shown. It gives the
// text as it is, as gettext's N_ does.
func N(english string) string { return english }

// Pass adds the language to the environment of a command that may be this
// program again. English is what it speaks by itself.
func Pass(env []string) []string {
	if Now() == English {
		return env
	}
	return append(slices.Clone(env), Env+"="+Now())
}

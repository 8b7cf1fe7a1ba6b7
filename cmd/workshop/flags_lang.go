package main

import (
	"github.com/spf13/cobra"

	"github.com/how-to-be-a-container/workshop/pkg/lang"
)

// addLanguageFlag lets every command be told the language of its explanations.
func addLanguageFlag(root *cobra.Command) {
	root.PersistentFlags().Var(language{}, "lang",
		"the language of what is explained: en, ja (default: of WORKSHOP_LANG, LC_ALL, LC_MESSAGES or LANG)")
	completeFlag(root, "lang", lang.English, lang.Japanese)
}

// language is a flag that chooses while the flags are read, so that all that is
// said after them is in that language.
type language struct{}

func (language) Set(name string) error { return lang.Set(name) }

func (language) String() string { return "" }

func (language) Type() string { return "en|ja" }

// speakEnglishToScripts: what --json writes is the same in every language.
func speakEnglishToScripts(cmd *cobra.Command) error {
	if f := cmd.Flags().Lookup("json"); f != nil && f.Value.String() == "true" {
		return lang.Set(lang.English)
	}
	return nil
}

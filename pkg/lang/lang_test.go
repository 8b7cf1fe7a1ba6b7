package lang

import "testing"

func TestT(t *testing.T) {
	const two = "two of %s and %s"
	catalog()[two] = "%[2]sと%[1]s"
	defer delete(catalog(), two)
	for _, c := range []struct{ language, want string }{
		{English, "two of a and b"},
		{Japanese, "bとa"},
	} {
		t.Run(c.language, func(t *testing.T) {
			if err := Set(c.language); err != nil {
				t.Fatal(err)
			}
			defer japanese.Store(false)
			if got := F(two, "a", "b"); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
			if got := T("in no catalog"); got != "in no catalog" {
				t.Errorf("without a translation: %q", got)
			}
		})
	}
	if err := Set("de"); err == nil {
		t.Error("an unknown language was taken")
	}
}

func TestThen(t *testing.T) {
	for first, want := range map[string]string{
		"no tree; none":        "no tree; none; see x",
		"ありません: lockdown, bpf": "ありません: lockdown, bpf。see x",
	} {
		if got := Then(first, "see x"); got != want {
			t.Errorf("%q: %q, want %q", first, got, want)
		}
	}
}

func TestFromEnv(t *testing.T) {
	for _, c := range []struct{ own, all, lang, want string }{
		{"", "", "ja_JP.UTF-8", Japanese},
		{"", "C.UTF-8", "ja_JP.UTF-8", English},
		{"", "ja_JP.UTF-8", "C", Japanese},
		{"ja", "C.UTF-8", "", Japanese},
		{"en", "ja_JP.UTF-8", "", English},
		{"", "", "", English},
		{"", "", "jam_JM", English},
	} {
		t.Setenv(Env, c.own)
		t.Setenv("LC_ALL", c.all)
		t.Setenv("LC_MESSAGES", "")
		t.Setenv("LANG", c.lang)
		if got := FromEnv(); got != c.want {
			t.Errorf("%+v: %s", c, got)
		}
	}
}

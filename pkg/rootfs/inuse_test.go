package rootfs

import (
	"slices"
	"strings"
	"testing"
)

// FuzzLayers writes an option as overlay takes it and mountinfo shows it, and reads it.
func FuzzLayers(f *testing.F) {
	f.Add("/var/lib", "/my root/a:b,c\\d")
	f.Add("/\\040", "/層\t\xff")
	f.Fuzz(func(t *testing.T, one, other string) {
		overlay := strings.NewReplacer(`\`, `\\`, `:`, `\:`, `,`, `\,`)
		mountinfo := strings.NewReplacer(" ", `\040`, "\t", `\011`, "\n", `\012`, `\`, `\134`, ",", `\054`)
		shown := mountinfo.Replace(overlay.Replace(one) + ":" + overlay.Replace(other))
		if got, want := layers(shown), []string{one, other}; !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", shown, got, want)
		}
	})
}

package demo

import (
	"bytes"
	"testing"

	"github.com/how-to-be-a-container/workshop/internal/testenv"
	"github.com/how-to-be-a-container/workshop/pkg/apparmor"
	"github.com/how-to-be-a-container/workshop/pkg/ui"
)

// TestAppArmorChange is S30.
func TestAppArmorChange(t *testing.T) {
	testenv.Root(t)
	testenv.AppArmor(t)
	before, err := apparmor.Loaded()
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	held, err := appArmorChange(ui.New(&out))
	if err != nil || !held {
		t.Errorf("held: %v, %v\n%s", held, err, &out)
	}
	t.Log(out.String())
	after, err := apparmor.Loaded()
	if err != nil || len(after) != len(before) {
		t.Errorf("loaded before %v, after %v, %v", before, after, err)
	}
}

// TestAsAnnouncedCanFail: each label and each answer counts.
func TestAsAnnouncedCanFail(t *testing.T) {
	free := moment{"", "unconfined", mounted}
	confined := moment{"", "p (enforce)", denied}
	if !asAnnounced("p", []moment{free, confined}, []moment{free, free, confined}) {
		t.Fatal("as the manual says, and it is not believed")
	}
	for _, wrong := range []moment{{"", "p (enforce)", mounted}, {"", "unconfined", denied}, {"", "q (enforce)", denied}} {
		for i := range 5 {
			all := []moment{free, confined, free, free, confined}
			all[i] = wrong
			if asAnnounced("p", all[:2], all[2:]) {
				t.Errorf("moment %d may be %+v", i, wrong)
			}
		}
	}
}

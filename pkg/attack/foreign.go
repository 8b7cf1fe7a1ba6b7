package attack

import (
	"bytes"
	"fmt"
	"io"
	"strconv"

	"github.com/how-to-be-a-container/workshop/pkg/lang"
	"github.com/how-to-be-a-container/workshop/pkg/observe"
)

// Foreign is a probe against a container that is none of ours: somebody in there
// executes this program with Args and Env, and its output comes back to Judge.
type Foreign struct {
	Args []string
	Env  []string // names without a blank or a quote, as are their values

	probe *Probe
	scene *Scene
}

// Ask are the settings of a probe, where the container of somebody else cannot
// be taken for what ours are.
type Ask struct {
	Dir   string // a directory inside that the probe may write to; "" is that of temporary files
	Forks int    // how many processes the fork bomb tries; 0 is its own number
}

// Prepare makes the scene of a probe. Call End.
func Prepare(p *Probe, a Ask) (*Foreign, error) {
	if err := withoutMain(); err != nil {
		return nil, err
	}
	marker, err := MarkerPath()
	if err != nil {
		return nil, err
	}
	f := &Foreign{Args: []string{probeCommand, p.Name, reportFlag}, Env: lang.Pass([]string{MarkerEnv + "=" + marker}), probe: p}
	if a.Dir != "" {
		f.Env = append(f.Env, dirEnv+"="+a.Dir)
	}
	if a.Forks > 0 {
		f.Env = append(f.Env, forksEnv+"="+strconv.Itoa(a.Forks))
	}
	if p.Scene == nil {
		return f, nil
	}
	if f.scene, err = p.Scene(); err != nil {
		return nil, fmt.Errorf("make what %s attacks: %w", p.Name, err)
	}
	if f.scene.Enter != nil {
		f.End()
		return nil, fmt.Errorf("%s begins on the thread that clones the container: it is not for another program's", p.Name)
	}
	f.Env = append(f.Env, targetEnv+"="+f.scene.Target)
	return f, nil
}

// End takes the scene away.
func (f *Foreign) End() {
	if f.scene != nil && f.scene.End != nil {
		f.scene.End()
	}
}

// Judge reads what the probe wrote, among what else was written, and lets the
// host have the last word. Where the probe could not even begin, began is false:
// then nothing is known of the attack. One that began and that a filter killed was
// stopped.
func (f *Foreign) Judge(output []byte, code int, s *observe.Snapshot) (r Result, began bool) {
	r, began = listen(bytes.NewReader(output), io.Discard)
	if r.Probe == "" {
		r = noResult(f.probe.Name, code, began)
	}
	staged := &Staged{probe: f.probe, scene: f.scene, view: View{Snapshot: s}}
	if f.scene != nil && f.scene.Leave != nil {
		staged.left = f.scene.Leave()
	}
	return staged.judge(r), began
}

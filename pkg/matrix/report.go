package matrix

import "github.com/how-to-be-a-container/workshop/pkg/steps"

// Report is the matrix for a script.
type Report struct {
	Layers  []LayerReport  `json:"layers"`
	Attacks []AttackReport `json:"attacks"`

	Measured int            `json:"measured"`           // attacks that work here
	Answered map[string]int `json:"answered"`           // how many of them could be tried against each set
	Stopped  map[string]int `json:"stopped"`            // how many of them each set stopped
	Sole     map[string]int `json:"sole,omitempty"`     // how many only this layer stops
	Best     string         `json:"best,omitempty"`     // the single layer that stops the most
	Together *int           `json:"together,omitempty"` // stopped by all layers together
	Broken   []string       `json:"broken"`             // attacks with a claim that does not hold
	Untried  string         `json:"untried,omitempty"`  // another program, if no attack could be tried in its container
	Holds    bool           `json:"holds"`              // neither of these two
}

// LayerReport is one layer.
type LayerReport struct {
	Name    string `json:"name"`
	Short   string `json:"short"`
	Missing string `json:"missing,omitempty"` // why this machine cannot have it
}

// AttackReport is one row.
type AttackReport struct {
	Name   string       `json:"name"`
	Stops  string       `json:"stops"`            // the layer that was made to stop it
	Keeps  string       `json:"keeps,omitempty"`  // the capability by which it may go through
	Broken Claim        `json:"broken,omitempty"` // the claim that does not hold
	Cells  []CellReport `json:"cells"`
}

// CellReport is one cell.
type CellReport struct {
	Set    string   `json:"set"`
	Layers []string `json:"layers,omitempty"` // "" in a container of another program
	State  State    `json:"state"`
	Errno  string   `json:"errno,omitempty"`
	Reason string   `json:"reason,omitempty"`
	Why    string   `json:"why,omitempty"`
}

// Report gives all that was measured.
func (l *Lab) Report(rows []*Row) Report {
	sum := Summarise(l.Sets, rows)
	r := Report{Measured: sum.Attacks, Answered: sum.Answered, Stopped: sum.Stopped, Sole: sum.Sole, Holds: sum.Holds(), Broken: []string{}, Attacks: []AttackReport{}}
	if sum.Best != nil {
		r.Best = sum.Best.Step.Name
	}
	if sum.Untried != nil {
		r.Untried = sum.Untried.Name()
	}
	if sum.Tried {
		r.Together = &sum.Together
	}
	for _, row := range sum.Broken {
		r.Broken = append(r.Broken, row.Probe.Name)
	}
	for _, layer := range l.Layers {
		r.Layers = append(r.Layers, LayerReport{layer.Step.Name, layer.Short, text(layer.Missing)})
	}
	for _, row := range rows {
		r.Attacks = append(r.Attacks, l.reportRow(row))
	}
	return r
}

func (l *Lab) reportRow(row *Row) AttackReport {
	a := AttackReport{Name: row.Probe.Name, Stops: row.Probe.Stops, Keeps: row.Hole.Keeps}
	if claim, _ := row.Broken(); claim != NotHere {
		a.Broken = claim
	}
	for _, c := range row.Cells {
		var layers []string
		if c.Set.Kind != Other {
			layers = steps.Names(l.container(row.Probe, c.Set).Steps)
		}
		a.Cells = append(a.Cells, CellReport{
			Set: c.Set.Name(), Layers: layers,
			State: c.State, Errno: c.Errno, Reason: c.Reason, Why: c.Why,
		})
	}
	return a
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

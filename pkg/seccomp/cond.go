package seccomp

import (
	"fmt"

	"github.com/opencontainers/runtime-spec/specs-go"
)

// Cond is a condition on one argument of a call, as in Docker's profiles. A
// filter sees the register, never what a pointer points to.
type Cond struct {
	Arg   uint                       // 0 to 5
	Op    specs.LinuxSeccompOperator // SCMP_CMP_*
	Value uint64
	Two   uint64 // SCMP_CMP_MASKED_EQ: the argument, masked with Value, is Two
}

var symbols = map[specs.LinuxSeccompOperator]string{
	specs.OpNotEqual: "!=", specs.OpLessThan: "<", specs.OpLessEqual: "<=",
	specs.OpEqualTo: "==", specs.OpGreaterEqual: ">=", specs.OpGreaterThan: ">", specs.OpMaskedEqual: "&",
}

func condOf(a specs.LinuxSeccompArg) Cond {
	return Cond{Arg: a.Index, Op: a.Op, Value: a.Value, Two: a.ValueTwo}
}

// check refuses what no filter can ask.
func (c Cond) check() error {
	if c.Arg > 5 {
		return fmt.Errorf("argument %d: a system call has six, 0 to 5", c.Arg)
	}
	if _, ok := symbols[c.Op]; !ok {
		return unknown("operator", c.Op, symbols)
	}
	if c.Op == specs.OpMaskedEqual && c.Two&^c.Value != 0 {
		return fmt.Errorf("SCMP_CMP_MASKED_EQ: valueTwo %#x has bits that the mask, value %#x, takes away: it never holds", c.Two, c.Value)
	}
	return nil
}

// String formats as "arg0 == 0x8".
func (c Cond) String() string {
	if c.Op == specs.OpMaskedEqual {
		return fmt.Sprintf("arg%d & %#x == %#x", c.Arg, c.Value, c.Two)
	}
	return fmt.Sprintf("arg%d %s %#x", c.Arg, symbols[c.Op], c.Value)
}

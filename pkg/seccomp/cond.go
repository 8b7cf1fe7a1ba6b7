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

// String formats as "arg0 == 0x8".
func (c Cond) String() string {
	if c.Op == specs.OpMaskedEqual {
		return fmt.Sprintf("arg%d & %#x == %#x", c.Arg, c.Value, c.Two)
	}
	return fmt.Sprintf("arg%d %s %#x", c.Arg, symbols[c.Op], c.Value)
}

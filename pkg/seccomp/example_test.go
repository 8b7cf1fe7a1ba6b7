package seccomp_test

import (
	"fmt"

	"github.com/how-to-be-a-container/workshop/pkg/seccomp"
)

// From a rule to BPF, and back.
func Example() {
	policy, err := seccomp.ParseRules([]string{"errno=EPERM:mkdirat"})
	if err != nil {
		fmt.Println(err)
		return
	}
	filter, err := policy.Compile()
	if err != nil {
		fmt.Println(err)
		return
	}
	lines := filter.Code.Disassemble()
	for _, l := range lines[len(lines)-2:] { // those before are another architecture's elsewhere
		fmt.Println(l.Code, ";", l.Comment)
	}
	for _, call := range []string{"mkdirat", "openat"} {
		number, _ := seccomp.Number(call)
		fmt.Println(call, seccomp.Outcomes([]seccomp.Filter{filter}, number))
	}
	// Output:
	// ret #0x50001 ; fail with EPERM
	// ret #0x7fff0000 ; make the call
	// mkdirat [errno=EPERM]
	// openat [allow]
}

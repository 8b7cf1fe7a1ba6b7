package seccomp

import (
	"github.com/opencontainers/runtime-spec/specs-go"
	"golang.org/x/sys/unix"
)

// line is an instruction of classic BPF: struct sock_filter of linux/filter.h.
// It works on one register of 32 bits, the accumulator. yes and no are how many
// lines a question leaves out: 0 goes on.
type line struct {
	code    uint16
	k       uint32
	yes, no int
}

const (
	longest = 255 // lines that a question can leave out: the kernel has 8 bits for it
	fails   = -1  // instead: to the end of the rule
)

// load fetches four bytes of struct seccomp_data.
func load(offset uint) line {
	return line{code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, k: uint32(offset)}
}

// and keeps some bits.
func and(mask uint32) line { return line{code: unix.BPF_ALU | unix.BPF_AND | unix.BPF_K, k: mask} }

// ask compares: BPF_JEQ, BPF_JGT or BPF_JGE.
func ask(question uint16, k uint32, yes, no int) line {
	return line{unix.BPF_JMP | question | unix.BPF_K, k, yes, no}
}

// leap leaves out any number of lines.
func leap(count int) line { return line{code: unix.BPF_JMP | unix.BPF_JA, k: uint32(count)} }

// answer ends the program.
func answer(a Action) line { return line{code: unix.BPF_RET | unix.BPF_K, k: uint32(a)} }

// x32 is amd64's second ABI: the same AUDIT_ARCH, and this bit in the number.
const x32 = 0x40000000

// guard kills for a call through another ABI, and loads the number of the others.
func guard() []line {
	lines := []line{
		load(offsetArch),
		ask(unix.BPF_JEQ, native.auditArch, 1, 0),
		answer(Kill),
		load(offsetNumber),
	}
	if native == x8664 {
		lines = append(lines, ask(unix.BPF_JGE, x32, 0, 1), answer(Kill))
	}
	return lines
}

// byNumber gives one answer for many calls, whose number is in the accumulator.
func byNumber(calls []string, a Action) []line {
	var lines []line
	for len(calls) > 0 {
		some := min(len(calls), longest)
		for i, call := range calls[:some] {
			number, _ := Number(call)
			lines = append(lines, ask(unix.BPF_JEQ, uint32(number), some-1-i, 0))
		}
		lines[len(lines)-1].no = 1 // none of them: over the answer
		lines = append(lines, answer(a))
		calls = calls[some:]
	}
	return lines
}

// byArguments decides about one call: the first of the rules that holds.
func byArguments(call string, rules []Rule, otherwise Action) []line {
	var lines []line
	for _, r := range rules {
		lines = append(lines, r.lines()...)
	}
	lines = append(lines, answer(otherwise))
	number, _ := Number(call)
	return append([]line{ask(unix.BPF_JEQ, uint32(number), 1, 0), leap(len(lines))}, lines...)
}

// lines answers where all conditions of the rule hold, else goes on behind.
func (r *Rule) lines() []line {
	var lines []line
	for _, c := range r.Conds {
		lines = append(lines, c.lines()...)
	}
	for at := range lines {
		behind := len(lines) - at // counted from the next line, and over the answer
		if lines[at].yes == fails {
			lines[at].yes = behind
		}
		if lines[at].no == fails {
			lines[at].no = behind
		}
	}
	return append(lines, answer(r.Action))
}

// lines ask about an argument in its two halves of 32 bits, the high one first.
// Where the condition holds they end with the next line.
func (c Cond) lines() []line {
	low := offsetArgs + 8*c.Arg
	high := low + 4
	v, vHigh := uint32(c.Value), uint32(c.Value>>32)
	switch c.Op {
	case specs.OpEqualTo:
		return []line{
			load(high), ask(unix.BPF_JEQ, vHigh, 0, fails),
			load(low), ask(unix.BPF_JEQ, v, 0, fails),
		}
	case specs.OpNotEqual:
		return []line{
			load(high), ask(unix.BPF_JEQ, vHigh, 0, 2),
			load(low), ask(unix.BPF_JEQ, v, fails, 0),
		}
	case specs.OpGreaterThan:
		return []line{
			load(high), ask(unix.BPF_JGT, vHigh, 3, 0), ask(unix.BPF_JEQ, vHigh, 0, fails),
			load(low), ask(unix.BPF_JGT, v, 0, fails),
		}
	case specs.OpGreaterEqual:
		return []line{
			load(high), ask(unix.BPF_JGT, vHigh, 3, 0), ask(unix.BPF_JEQ, vHigh, 0, fails),
			load(low), ask(unix.BPF_JGE, v, 0, fails),
		}
	case specs.OpLessThan:
		return []line{
			load(high), ask(unix.BPF_JGT, vHigh, fails, 0), ask(unix.BPF_JEQ, vHigh, 0, 2),
			load(low), ask(unix.BPF_JGE, v, fails, 0),
		}
	case specs.OpLessEqual:
		return []line{
			load(high), ask(unix.BPF_JGT, vHigh, fails, 0), ask(unix.BPF_JEQ, vHigh, 0, 2),
			load(low), ask(unix.BPF_JGT, v, fails, 0),
		}
	}
	return []line{ // SCMP_CMP_MASKED_EQ
		load(high), and(vHigh), ask(unix.BPF_JEQ, uint32(c.Two>>32), 0, fails),
		load(low), and(v), ask(unix.BPF_JEQ, uint32(c.Two), 0, fails),
	}
}

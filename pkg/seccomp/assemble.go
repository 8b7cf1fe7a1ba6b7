package seccomp

import (
	"slices"

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
	holds   = -1  // instead: to the answer of this part
	fails   = -2  // instead: over it
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
	var numbers []uint32
	for _, call := range calls {
		number, _ := Number(call)
		numbers = append(numbers, uint32(number))
	}
	slices.Sort(numbers)
	var all, lines []line
	for len(numbers) > 0 {
		run := runOf(numbers)
		numbers = numbers[len(run):]
		if len(numbers) > 0 && len(lines) < longest-4 {
			lines = append(lines, within(run, 0)...)
			continue
		}
		all = append(all, out(append(lines, within(run, fails)...), a)...)
		lines = nil
	}
	return all
}

// runOf gives the numbers at the beginning that follow one another: two of them
// alone are no run.
func runOf(numbers []uint32) []uint32 {
	n := 1
	for n < len(numbers) && numbers[n] == numbers[n-1]+1 {
		n++
	}
	if n == 2 {
		n = 1
	}
	return numbers[:n]
}

// within holds for the numbers of a run. For greater ones it goes to greater; all
// that are still to come are.
func within(run []uint32, greater int) []line {
	first, last := run[0], run[len(run)-1]
	if first == last {
		return []line{ask(unix.BPF_JEQ, first, holds, greater)}
	}
	return []line{ask(unix.BPF_JGE, first, 0, fails), ask(unix.BPF_JGT, last, greater, holds)}
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
	return out(lines, r.Action)
}

// out leads the ways out of a part to the answer that follows it, and over that.
func out(lines []line, a Action) []line {
	for at := range lines {
		for _, way := range []*int{&lines[at].yes, &lines[at].no} {
			switch *way {
			case holds:
				*way = len(lines) - at - 1
			case fails:
				*way = len(lines) - at
			}
		}
	}
	return append(lines, answer(a))
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

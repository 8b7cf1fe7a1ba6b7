package seccomp

import (
	"maps"
	"slices"

	"golang.org/x/sys/unix"
)

// word is 32 bits that are known, or anything.
type word struct {
	value uint32
	known bool
}

// callData is struct seccomp_data in words of 32 bits.
type callData [dataSize / 4]word

func (d *callData) set(offset int, value uint32) { d[offset/4] = word{value, true} }

// outcomes walks through the program with the parts of a call that are known,
// both ways where a jump depends on the others, and gives what it can return.
func (p Program) outcomes(d *callData) []Action {
	w := walk{program: p, data: d, seen: make(map[place]bool), found: make(map[Action]bool)}
	w.from(place{})
	return slices.Sorted(maps.Keys(w.found))
}

// place is where a walk stands, and what is in the accumulator.
type place struct {
	pc int
	a  word
}

type walk struct {
	program Program
	data    *callData
	seen    map[place]bool
	found   map[Action]bool
}

// from follows the program from a place to each of its ends. Jumps only lead
// forward, so it ends. Where a program makes the accumulator many things by many
// ways, they would double with each: then it is taken for anything.
func (w *walk) from(at place) {
	for {
		if len(w.seen) > 8*len(w.program) {
			at.a = word{}
		}
		if w.seen[at] {
			return
		}
		w.seen[at] = true
		if at.pc >= len(w.program) {
			return
		}
		i := w.program[at.pc]
		at.pc++
		switch i.Code & 0x07 {
		case unix.BPF_RET:
			w.end(i, at.a)
			return
		case unix.BPF_LD:
			at.a = w.load(i)
		case unix.BPF_ALU:
			at.a = calculate(i, at.a)
		case unix.BPF_MISC: // A from X, which is not followed
			at.a = word{}
		case unix.BPF_JMP:
			if i.Code&0xf0 == unix.BPF_JA {
				at.pc += int(i.K)
				continue
			}
			yes, no := jumps(i, at.a)
			if yes && no {
				w.from(place{at.pc + int(i.Jt), at.a})
			}
			if yes && !no {
				at.pc += int(i.Jt)
			} else {
				at.pc += int(i.Jf)
			}
		}
	}
}

func (w *walk) end(i unix.SockFilter, a word) {
	switch {
	case i.Code == unix.BPF_RET|unix.BPF_K:
		w.found[Action(i.K)] = true
	case a.known:
		w.found[Action(a.value)] = true
	default:
		w.found[unknownAction] = true
	}
}

// unknownAction is returned by a program that calculates what it returns.
const unknownAction Action = 0x00ff0000

func (w *walk) load(i unix.SockFilter) word {
	switch {
	case i.Code == unix.BPF_LD|unix.BPF_W|unix.BPF_ABS && i.K < dataSize:
		return w.data[i.K/4]
	case i.Code == unix.BPF_LD|unix.BPF_IMM:
		return word{i.K, true}
	}
	return word{}
}

func calculate(i unix.SockFilter, a word) word {
	if !a.known {
		return word{}
	}
	switch i.Code {
	case unix.BPF_ALU | unix.BPF_AND | unix.BPF_K:
		return word{a.value & i.K, true}
	case unix.BPF_ALU | unix.BPF_OR | unix.BPF_K:
		return word{a.value | i.K, true}
	}
	return word{}
}

// jumps tells which ways a conditional jump can go.
func jumps(i unix.SockFilter, a word) (yes, no bool) {
	if !a.known || i.Code&unix.BPF_X != 0 {
		return true, true
	}
	switch i.Code & 0xf0 {
	case unix.BPF_JEQ:
		yes = a.value == i.K
	case unix.BPF_JGT:
		yes = a.value > i.K
	case unix.BPF_JGE:
		yes = a.value >= i.K
	case unix.BPF_JSET:
		yes = a.value&i.K != 0
	}
	return yes, !yes
}

// Outcomes gives what filters together do with a call of this architecture:
// more than one action where it depends on the arguments.
func Outcomes(filters []Filter, number int) []Action { return OutcomesWith(filters, number, nil) }

// OutcomesWith is Outcomes for a call of which some arguments are known, by their index.
func OutcomesWith(filters []Filter, number int, args map[int]uint64) []Action {
	var d callData
	d.set(offsetNumber, uint32(number))
	d.set(offsetArch, native.auditArch)
	for i, value := range args {
		d.set(offsetArgs+8*i, uint32(value))
		d.set(offsetArgs+8*i+4, uint32(value>>32))
	}
	return together(filters, &d)
}

// otherABI gives what filters together do with a call that comes through another
// ABI, given as its AUDIT_ARCH_*.
func otherABI(filters []Filter, auditArch uint32, number word) []Action {
	var d callData
	d.set(offsetArch, auditArch)
	d[offsetNumber/4] = number
	return together(filters, &d)
}

// together: the kernel asks each filter, and the strictest answer counts.
func together(filters []Filter, d *callData) []Action {
	possible := []Action{Allow}
	for _, f := range filters {
		next := make(map[Action]bool)
		for _, answer := range f.Code.outcomes(d) {
			for _, before := range possible {
				if stricter(answer, before) {
					before = answer
				}
				next[before] = true
			}
		}
		possible = slices.Sorted(maps.Keys(next))
	}
	return possible
}

package seccomp

import (
	"fmt"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/pkg/lang"
)

// Line is one instruction in words.
type Line struct {
	Number  int    `json:"number"`
	Code    string `json:"code"`
	Comment string `json:"comment"`
}

// Where the accumulator got its value from.
const (
	fromNowhere = -1
	fromMany    = -2
)

// Disassemble writes a program in the assembler of the kernel's bpf_asm, with
// the targets of jumps as line numbers, and says what each instruction asks.
func (p Program) Disassemble() []Line {
	sources := p.sources()
	var lines []Line
	for pc, i := range p {
		code, comment := describe(pc, i, sources[pc])
		lines = append(lines, Line{pc, code, comment})
	}
	return lines
}

// sources follows the accumulator: jumps only lead forward, so once through is
// enough.
func (p Program) sources() []int {
	at := make([]int, len(p)+1)
	for i := range at {
		at[i] = fromNowhere
	}
	reach := func(pc, source int) {
		switch {
		case pc >= len(at):
		case at[pc] == fromNowhere:
			at[pc] = source
		case at[pc] != source:
			at[pc] = fromMany
		}
	}
	for pc, i := range p {
		source := at[pc]
		switch {
		case i.Code&0x07 == unix.BPF_RET:
		case i.Code == unix.BPF_LD|unix.BPF_W|unix.BPF_ABS:
			reach(pc+1, int(i.K))
		case i.Code&0x07 != unix.BPF_JMP:
			reach(pc+1, source)
		case i.Code&0xf0 == unix.BPF_JA:
			reach(pc+1+int(i.K), source)
		default:
			reach(pc+1+int(i.Jt), source)
			reach(pc+1+int(i.Jf), source)
		}
	}
	return at
}

func describe(pc int, i unix.SockFilter, source int) (code, comment string) {
	switch {
	case i.Code == unix.BPF_LD|unix.BPF_W|unix.BPF_ABS:
		return fmt.Sprintf("ld [%d]", i.K), lang.F("load %s", part(int(i.K)))
	case i.Code == unix.BPF_RET|unix.BPF_K:
		return fmt.Sprintf("ret #%#x", i.K), Action(i.K).Words()
	case i.Code == unix.BPF_JMP|unix.BPF_JA:
		return fmt.Sprintf("ja %d", pc+1+int(i.K)), lang.F("go on at %d", pc+1+int(i.K))
	case i.Code&0x07 == unix.BPF_JMP && i.Code&unix.BPF_X == 0:
		return describeJump(pc, i, source)
	case i.Code == unix.BPF_ALU|unix.BPF_AND|unix.BPF_K:
		return fmt.Sprintf("and #%#x", i.K), lang.T("keep these bits of it")
	}
	return fmt.Sprintf("%#04x %d %d %#x", i.Code, i.Jt, i.Jf, i.K), ""
}

// part says what stands at an offset of struct seccomp_data.
func part(offset int) string {
	switch {
	case offset == offsetNumber:
		return lang.T("the number of the call")
	case offset == offsetArch:
		return lang.T("the ABI that the call comes through")
	case offset < offsetArgs:
		return lang.T("the instruction pointer")
	}
	number := (offset - offsetArgs) / 8
	if offset%8 != 0 {
		return lang.F("argument %d, the high 32 bits", number)
	}
	return lang.F("argument %d, the low 32 bits", number)
}

var jumpNames = map[uint16][2]string{
	unix.BPF_JEQ: {"jeq", lang.N("is it %s?")}, unix.BPF_JGT: {"jgt", lang.N("is it greater than %s?")},
	unix.BPF_JGE: {"jge", lang.N("is it at least %s?")}, unix.BPF_JSET: {"jset", lang.N("has it any of the bits %s?")},
}

func describeJump(pc int, i unix.SockFilter, source int) (code, comment string) {
	names := jumpNames[i.Code&0xf0]
	yes, no := pc+1+int(i.Jt), pc+1+int(i.Jf)
	code = fmt.Sprintf("%s #%#x, %d, %d", names[0], i.K, yes, no)
	value := fmt.Sprintf("%#x", i.K)
	switch {
	case source == offsetArch && i.Code&0xf0 == unix.BPF_JEQ:
		value = abiName(i.K)
	case source == offsetNumber && i.Code&0xf0 != unix.BPF_JSET:
		value = Name(int(i.K))
	}
	question := lang.F(names[1], value)
	if source == offsetNumber && i.K == x32 && native == x8664 {
		question = lang.T("is it one of x32, amd64's second ABI?")
	}
	return code, question + " " + ways(pc, yes, no)
}

// ways says where a jump leads: the next line goes without saying.
func ways(pc, yes, no int) string {
	var list []string
	if yes != pc+1 {
		list = append(list, lang.F("yes: %d", yes))
	}
	if no != pc+1 {
		list = append(list, lang.F("no: %d", no))
	}
	return strings.Join(list, lang.T(", "))
}

// abiName names an AUDIT_ARCH_*.
func abiName(id uint32) string {
	if a := abiOf(id); a != nil {
		return a.name
	}
	return fmt.Sprintf("%#x", id)
}

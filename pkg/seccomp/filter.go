package seccomp

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"

	"golang.org/x/sys/unix"
)

// Where struct seccomp_data has what: seccomp(2).
const (
	offsetNumber = 0
	offsetArch   = 4
	offsetArgs   = 16
	dataSize     = 64
)

// Filter is one BPF program, ready for seccomp(2).
type Filter struct {
	Code  Program
	Flags uint // SECCOMP_FILTER_FLAG_*
}

// Program is the instructions as the kernel takes them: struct sock_filter. As
// text it is base64, eight bytes for each.
type Program []unix.SockFilter

// MarshalText gives base64.
func (p Program) MarshalText() ([]byte, error) {
	b := make([]byte, 0, 8*len(p))
	for _, i := range p {
		b = binary.LittleEndian.AppendUint16(b, i.Code)
		b = append(b, i.Jt, i.Jf)
		b = binary.LittleEndian.AppendUint32(b, i.K)
	}
	return []byte(base64.StdEncoding.EncodeToString(b)), nil
}

// UnmarshalText reads what MarshalText wrote.
func (p *Program) UnmarshalText(text []byte) error {
	b, err := base64.StdEncoding.DecodeString(string(text))
	if err != nil {
		return err
	}
	if len(b)%8 != 0 {
		return fmt.Errorf("a program of %d bytes: an instruction has 8", len(b))
	}
	*p = make(Program, 0, len(b)/8)
	for ; len(b) > 0; b = b[8:] {
		*p = append(*p, unix.SockFilter{
			Code: binary.LittleEndian.Uint16(b), Jt: b[2], Jf: b[3], K: binary.LittleEndian.Uint32(b[4:]),
		})
	}
	return nil
}

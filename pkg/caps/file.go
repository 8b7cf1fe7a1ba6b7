package caps

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/sys/unix"
)

// XattrName is the extended attribute that holds a file's capabilities.
const XattrName = "security.capability"

// The parts of the attribute, as in linux/capability.h.
const (
	revisionMask  = 0xff000000
	revision1     = 0x01000000
	revision2     = 0x02000000
	revision3     = 0x03000000
	flagEffective = 0x000001
)

// FileCaps are the capabilities of a file: capabilities(7), "File capabilities".
type FileCaps struct {
	Permitted   Set    `json:"permitted"`
	Inheritable Set    `json:"inheritable"`
	Effective   bool   `json:"effective"` // one bit for all
	Revision    int    `json:"revision"`
	RootID      uint32 `json:"root_id,omitempty"` // revision 3: the user ID, seen from here, of the namespace's root for whom they count
}

// ErrNoCaps says that a file has no capabilities, which most have not.
var ErrNoCaps = errors.New("the file has no capabilities")

// Parse takes the attribute apart.
func Parse(xattr []byte) (*FileCaps, error) {
	words := make([]uint32, len(xattr)/4)
	for i := range words {
		words[i] = binary.LittleEndian.Uint32(xattr[4*i:])
	}
	// For each revision its length: the magic word, pairs of sets, a user ID.
	lengths := map[uint32]int{revision1: 12, revision2: 20, revision3: 24}
	if len(words) == 0 || lengths[words[0]&revisionMask] != len(xattr) {
		return nil, fmt.Errorf("%s: %d bytes are of no known revision (% x)", XattrName, len(xattr), xattr)
	}
	f := &FileCaps{
		Revision:    int(words[0] >> 24),
		Effective:   words[0]&flagEffective != 0,
		Permitted:   Set(words[1]),
		Inheritable: Set(words[2]),
	}
	if f.Revision > 1 {
		f.Permitted |= Set(words[3]) << 32
		f.Inheritable |= Set(words[4]) << 32
	}
	if f.Revision == 3 {
		f.RootID = words[5]
	}
	return f, nil
}

// Bytes puts the attribute together as revision 2, as setcap(8) does.
func (f *FileCaps) Bytes() []byte {
	magic := uint32(revision2)
	if f.Effective {
		magic |= flagEffective
	}
	var b []byte
	for _, word := range []uint32{
		magic, uint32(f.Permitted), uint32(f.Inheritable), uint32(f.Permitted >> 32), uint32(f.Inheritable >> 32),
	} {
		b = binary.LittleEndian.AppendUint32(b, word)
	}
	return b
}

// Read gives the capabilities of a file, or [ErrNoCaps].
func Read(path string) (*FileCaps, error) {
	buf := make([]byte, 64)
	n, err := unix.Getxattr(path, XattrName, buf)
	switch {
	case errors.Is(err, unix.ENODATA), errors.Is(err, unix.EOPNOTSUPP):
		return nil, ErrNoCaps
	case err != nil:
		return nil, fmt.Errorf("getxattr %s %s: %w", path, XattrName, err)
	}
	return Parse(buf[:n])
}

// Write gives a file capabilities, as setcap(8) does. It needs CAP_SETFCAP.
func Write(path string, f *FileCaps) error {
	if err := unix.Setxattr(path, XattrName, f.Bytes(), 0); err != nil {
		return fmt.Errorf("setxattr %s %s: %w", path, XattrName, err)
	}
	return nil
}

// String formats as getcap(8): "cap_net_bind_service=ep".
func (f *FileCaps) String() string {
	var clauses []string
	add := func(set Set, letters string) {
		if set == 0 {
			return
		}
		if f.Effective {
			letters = "e" + letters
		}
		names := strings.ToLower(strings.Join(set.Names(), ","))
		clauses = append(clauses, names+"="+letters)
	}
	both := f.Permitted & f.Inheritable
	add(f.Permitted&^both, "p")
	add(both, "ip")
	add(f.Inheritable&^both, "i")
	if len(clauses) == 0 {
		return "="
	}
	return strings.Join(clauses, " ")
}

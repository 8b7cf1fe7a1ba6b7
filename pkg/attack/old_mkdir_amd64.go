package attack

import (
	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/pkg/lang"
)

// OldMkdir asks for mkdir(2), which x86 has beside mkdirat: a filter must know both.
var OldMkdir = filteredCall("old-mkdir", lang.N("make a directory by the older of the two calls"), `mkdir(BAD POINTER)`, unix.EFAULT, unix.SYS_MKDIR, bad, 0o700)

package attack

import "golang.org/x/sys/unix"

// OldMkdir asks for mkdir(2), which x86 has beside mkdirat: a filter must know both.
var OldMkdir = filteredCall("old-mkdir", "make a directory by the older of the two calls", `mkdir(BAD POINTER)`, oldMkdirCall)

func oldMkdirCall() unix.Errno { return call(unix.SYS_MKDIR, bad, 0o700) }

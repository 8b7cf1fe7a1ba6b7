package bomb

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// forksCommand is the word after which workshop makes processes as a Forker says.
const forksCommand = "bomb-forks"

// Main is the inside of what this package starts: where this process is one of
// those, it never returns. A test binary calls it in TestMain.
func Main() {
	if len(os.Args) < 2 {
		return
	}
	var err error
	switch os.Args[1] {
	case nativeCommand:
		err = native()
	case forksCommand:
		err = forkerMain(os.Args[2:])
	default:
		return
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "workshop:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

// Forker is a process of an ordinary user that makes processes: it counts how
// many it may have at the same time.
type Forker struct {
	UID    int // whose process it becomes
	Rlimit int // its RLIMIT_NPROC, see setrlimit(2); 0 leaves it as it is
	Want   int // how many processes it tries to make
}

// args is the command that is a Forker, where the path is this program.
func (f Forker) args() []string {
	return []string{"workshop", forksCommand, strconv.Itoa(f.UID), strconv.Itoa(f.Rlimit), strconv.Itoa(f.Want)}
}

// Forked is what a Forker writes to its standard output, as JSON.
type Forked struct {
	Made  int    `json:"made"`
	Errno string `json:"errno,omitempty"` // what stopped it
}

// forkerMain forks, says how far it came, and stays until its input ends.
func forkerMain(args []string) error {
	var n [3]int
	if len(args) != len(n) {
		return fmt.Errorf("%s UID RLIMIT WANT: three numbers, and not %q", forksCommand, args)
	}
	for i := range n {
		var err error
		if n[i], err = strconv.Atoi(args[i]); err != nil {
			return err
		}
	}
	f := Forker{n[0], n[1], n[2]}
	if err := f.become(); err != nil {
		return err
	}
	made, err := Forks(f.Want)
	said := Forked{Made: made}
	if errno, ok := errnoOf(err); ok {
		said.Errno = unix.ErrnoName(errno)
	}
	if err := json.NewEncoder(os.Stdout).Encode(said); err != nil {
		return err
	}
	_, _ = os.Stdin.Read(make([]byte, 1))
	return nil
}

// become takes the limit and then the user ID: root is above RLIMIT_NPROC.
func (f Forker) become() error {
	if f.Rlimit > 0 {
		limit := unix.Rlimit{Cur: uint64(f.Rlimit), Max: uint64(f.Rlimit)}
		if err := unix.Setrlimit(unix.RLIMIT_NPROC, &limit); err != nil {
			return os.NewSyscallError("setrlimit", err)
		}
	}
	if err := syscall.Setgroups(nil); err != nil {
		return os.NewSyscallError("setgroups", err)
	}
	if err := syscall.Setresgid(f.UID, f.UID, f.UID); err != nil {
		return os.NewSyscallError("setresgid", err)
	}
	return os.NewSyscallError("setresuid", syscall.Setresuid(f.UID, f.UID, f.UID))
}

func errnoOf(err error) (errno syscall.Errno, ok bool) {
	ok = errors.As(err, &errno)
	return errno, ok
}

package attack

import (
	"fmt"
	"net"
	"strconv"
	"unsafe"

	"golang.org/x/sys/unix"
)

// decoys are the things of the host that a decoy makes, by kind. Each has a name
// that nothing else has, and holds a secret; the target is what finds it.
var decoys = map[string]func(name, secret string) (target string, end func(), err error){
	"process":  processDecoy,
	"memory":   memoryDecoy,
	"queue":    queueDecoy,
	"loopback": func(_, secret string) (string, func(), error) { return socketDecoy("tcp", "127.0.0.1:0", secret) },
	"abstract": func(name, secret string) (string, func(), error) {
		return socketDecoy("unix", "@workshop-"+name, secret)
	},
}

// processDecoy is found by its arguments; its secret is in its environment.
func processDecoy(name, _ string) (string, func(), error) { return name, func() {}, nil }

// memoryDecoy is a System V shared memory segment. It is marked for removal at
// once: it goes with the last process that has it, however that ends.
func memoryDecoy(_, secret string) (string, func(), error) {
	id, err := unix.SysvShmGet(unix.IPC_PRIVATE, len(secret), 0o600)
	if err != nil {
		return "", nil, fmt.Errorf("shmget: %w", err)
	}
	memory, err := unix.SysvShmAttach(id, 0, 0)
	if err == nil {
		copy(memory, secret)
	}
	_, rmErr := unix.SysvShmCtl(id, unix.IPC_RMID, nil)
	if err == nil {
		err = rmErr
	}
	return strconv.Itoa(id), func() {}, err
}

// mqAttr is struct mq_attr; see mq_getattr(3).
type mqAttr struct {
	flags, maxMessages, messageSize, messages int
	_                                         [4]int
}

const mqSize = 64

// queueDecoy is a POSIX message queue with one message in it.
func queueDecoy(name, secret string) (string, func(), error) {
	name = "workshop-" + name
	fd, err := mqOpen(name, unix.O_CREAT|unix.O_EXCL|unix.O_RDWR, &mqAttr{maxMessages: 1, messageSize: mqSize})
	if err != nil {
		return "", nil, fmt.Errorf("mq_open: %w", err)
	}
	b := []byte(secret)
	_, _, errno := unix.Syscall6(unix.SYS_MQ_TIMEDSEND, uintptr(fd), uintptr(unsafe.Pointer(&b[0])), uintptr(len(b)), 0, 0, 0)
	if err := failed(errno); err != nil {
		mqUnlink(name)
		return "", nil, err
	}
	return name, func() { mqUnlink(name) }, nil
}

// mqOpen is mq_open(2), which wants the name without the slash of mq_open(3).
func mqOpen(name string, flags int, attr *mqAttr) (int, error) {
	p, err := unix.BytePtrFromString(name)
	if err != nil {
		return -1, err
	}
	fd, _, errno := unix.Syscall6(unix.SYS_MQ_OPEN, uintptr(unsafe.Pointer(p)), uintptr(flags|unix.O_CLOEXEC), 0o600,
		uintptr(unsafe.Pointer(attr)), 0, 0)
	return int(fd), failed(errno)
}

func mqUnlink(name string) {
	if p, err := unix.BytePtrFromString(name); err == nil {
		_, _, _ = unix.Syscall(unix.SYS_MQ_UNLINK, uintptr(unsafe.Pointer(p)), 0, 0)
	}
}

// mqReceive takes one message out: mq_timedreceive(2).
func mqReceive(fd int) (string, error) {
	var b [mqSize]byte
	n, _, errno := unix.Syscall6(unix.SYS_MQ_TIMEDRECEIVE, uintptr(fd), uintptr(unsafe.Pointer(&b[0])), mqSize, 0, 0, 0)
	if errno != 0 {
		return "", errno
	}
	return string(b[:n]), nil
}

// socketDecoy says its secret to everyone who connects.
func socketDecoy(network, address, secret string) (string, func(), error) {
	l, err := net.Listen(network, address)
	if err != nil {
		return "", nil, err
	}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = c.Write([]byte(secret))
			c.Close()
		}
	}()
	return l.Addr().String(), func() { _ = l.Close() }, nil
}

// Package listen80 is the HTTP server of lesson 6. A program that imports it is
// that server where it is called listen80: a copy of workshop by that name is a
// file of its own, which can be given capabilities of its own.
package listen80

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/how-to-be-a-container/workshop/pkg/observe"
)

// Name is the file name of the server.
const Name = "listen80"

func init() {
	if filepath.Base(os.Args[0]) == Name {
		fmt.Fprintln(os.Stderr, "listen80:", serve())
		os.Exit(1)
	}
}

// serve answers on port 80 until it is killed.
func serve() error {
	l, err := net.Listen("tcp", ":80")
	if err != nil {
		return err
	}
	who := fmt.Sprintf("user %d with %s", os.Geteuid(), effective())
	fmt.Printf("listen80: port 80, %s\n", who)
	for {
		conn, err := l.Accept()
		if err != nil {
			return err
		}
		go answer(conn, "Hello from port 80, "+who+".\n")
	}
}

// answer reads one request up to its empty line and answers it: RFC 1945.
func answer(conn net.Conn, text string) {
	defer conn.Close()
	for r := bufio.NewReader(conn); ; {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		if strings.TrimSpace(line) == "" {
			break
		}
	}
	fmt.Fprintf(conn, "HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n%s", len(text), text)
}

// effective names the capabilities that this process can use; see capget(2).
func effective() string {
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var data [2]unix.CapUserData
	if err := unix.Capget(&header, &data[0]); err != nil {
		return err.Error()
	}
	names := observe.CapNames(uint64(data[1].Effective)<<32 | uint64(data[0].Effective))
	switch {
	case len(names) == 0:
		return "no capability"
	case len(names) > 3:
		return fmt.Sprintf("%d capabilities", len(names))
	}
	return strings.Join(names, ", ")
}

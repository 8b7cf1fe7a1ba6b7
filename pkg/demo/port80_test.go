package demo

import (
	"fmt"
	"net"
	"strings"
	"testing"
)

// TestNoPage: where no call failed, no error of one is told.
func TestNoPage(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		_, _ = conn.Read(make([]byte, 512)) // else its end is a reset
		fmt.Fprint(conn, "HTTP/1.0 404 Not Found\r\n\r\n")
	}()
	if page, err := get(l.Addr().String()); err == nil || strings.Contains(err.Error(), "%!") {
		t.Errorf("%q, %v", page, err)
	}
}

// TestPortsStay: in the process's own network namespace nothing is changed.
func TestPortsStay(t *testing.T) {
	if err := (&stage80{}).noLowPorts(); err == nil || !strings.Contains(err.Error(), "still in") || strings.Contains(err.Error(), "%!") {
		t.Error(err)
	}
}

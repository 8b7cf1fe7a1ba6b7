package lesson

import (
	"bytes"
	"strconv"
)

const separator = 0x1e // ASCII's record separator

// splitter finds the exit codes in what the script of a play writes.
type splitter struct {
	text func([]byte)
	end  func(code int)
	held []byte // from a separator on, what may become an exit code
}

func (s *splitter) write(b []byte) {
	s.held = append(s.held, b...)
	for len(s.held) > 0 {
		text, rest, found := bytes.Cut(s.held, []byte{separator})
		s.emit(text)
		if !found {
			s.held = nil
			return
		}
		code, after, complete := bytes.Cut(rest, []byte{separator})
		short := len(code) <= len("255")
		if !complete && short {
			s.held = s.held[len(text):]
			return // wait for the rest of it
		}
		s.held = rest
		if n, err := strconv.ParseUint(string(code), 10, 8); short && err == nil {
			s.end(int(n))
			s.held = after
		} else {
			s.emit([]byte{separator}) // a command wrote it
		}
	}
}

// flush gives out what did not become an exit code.
func (s *splitter) flush() { s.emit(s.held) }

func (s *splitter) emit(text []byte) {
	if len(text) > 0 {
		s.text(text)
	}
}

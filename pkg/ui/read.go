package ui

import (
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"strings"

	"github.com/how-to-be-a-container/workshop/internal/job"
)

// Read lets a person turn the pages of what write writes, forth and back: in $PAGER,
// else in less(1). Where nobody is at a terminal, or there is no such program, all of
// it is written at once.
func (u *UI) Read(keys *os.File, write func() error) error {
	program := u.reader(keys)
	if program == nil {
		return write()
	}
	var all strings.Builder
	w := u.w
	u.w = &all
	err := write()
	u.w = w
	if err != nil {
		return err
	}
	program.Stdin, program.Stdout, program.Stderr = strings.NewReader(all.String()), u.w, os.Stderr
	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, os.Interrupt) // Ctrl-C is for the program
	defer signal.Stop(interrupts)
	err = program.Run()
	var ended *exec.ExitError
	if err != nil && (!errors.As(err, &ended) || ended.ExitCode() > 0) {
		u.write(all.String()) // it is not there, or takes no such option
	}
	return u.Err()
}

// reader is the program that shows pages, or nil. What is written is UTF-8 in every
// locale, and has colours.
func (u *UI) reader(keys *os.File) *exec.Cmd {
	if os.Getenv("TERM") == "" || !IsTerminal(u.w) || !IsTerminal(keys) || job.Background(int(keys.Fd())) {
		return nil
	}
	// A prompt of less must be ASCII.
	cmd := exec.Command("less", "-FRX", `-PsSpace\: more    b\: back    q\: leave`)
	if chosen := os.Getenv("PAGER"); chosen != "" {
		cmd = exec.Command("sh", "-c", chosen)
	}
	if cmd.Err != nil {
		return nil
	}
	cmd.Env = os.Environ()
	for name, value := range map[string]string{"LESS": "FRX", "LESSCHARSET": "utf-8"} {
		if os.Getenv(name) == "" {
			cmd.Env = append(cmd.Env, name+"="+value)
		}
	}
	return cmd
}

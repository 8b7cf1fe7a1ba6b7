package steps

import (
	"github.com/syndtr/gocapability/capability"
	"golang.org/x/sys/unix"
)

// Capabilities takes parts of root's power away, for good: capabilities(7).
var Capabilities = &Step{
	Name:    "capabilities",
	Lesson:  6,
	Does:    "parts of root's power dropped, and no way to get them back",
	Check:   capabilitiesAreThere,
	InChild: dropCapabilities,
	Verify:  capabilitiesAreGone,
}

func dropCapabilities(s *Spec) error {
	// Never "all ones": a host may have been denied some of them itself.
	keep, err := s.Capabilities.Keep(boundingSet())
	if err != nil {
		return err
	}
	// 0 is the calling thread, which will execve; each has its own sets.
	c, err := capability.NewPid2(0)
	if err != nil {
		return err
	}
	// Nothing inheritable, nothing ambient: CVE-2022-24769.
	c.Clear(capability.CAPS | capability.BOUNDS | capability.AMBS)
	for n := range capability.Cap(64) {
		if keep>>n&1 == 0 {
			continue
		}
		c.Set(capability.BOUNDS|capability.PERMITTED|capability.EFFECTIVE, n)
	}
	// prctl(PR_CAPBSET_DROP), first: it takes CAP_SETPCAP, which may go too.
	// Without that the library does nothing and says nothing: so look.
	err = c.Apply(capability.BOUNDS)
	if left := boundingSet() &^ keep; err == nil && left != 0 {
		err = unix.EPERM
	}
	if err != nil {
		return &Error{"prctl PR_CAPBSET_DROP", "", err}
	}
	// capset(2), second: else what the process holds would work until execve.
	if !s.Capabilities.BoundingOnly {
		if err := c.Apply(capability.CAPS); err != nil {
			return &Error{"capset", "", err}
		}
	}
	// Last, where asked for: from here on no file gives anything at execve.
	if s.Capabilities.NoNewPrivs {
		if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
			return &Error{"prctl PR_SET_NO_NEW_PRIVS", "", err}
		}
	}
	return nil
}

package apparmor

import (
	"strings"

	"github.com/how-to-be-a-container/workshop/pkg/lang"
)

// Missing is what keeps this machine from confining a process by AppArmor.
type Missing struct {
	What    string // a measured fact
	Instead string // what to do
}

const (
	getMachine = "a machine that has it: make vm, or vagrant up (Debian and Ubuntu come with it)"
	bootArgs   = "boot with the kernel arguments apparmor=1 security=apparmor"
)

// Missing gives nil where nothing is missing.
func (k Kernel) Missing() *Missing {
	switch {
	case k.WSL && !k.Built:
		return &Missing{lang.T("the kernel of WSL is built without AppArmor") + k.has(), lang.T(getMachine)}
	case !k.Built:
		return &Missing{lang.T("this kernel is built without AppArmor") + k.has(), lang.T(getMachine)}
	case !k.Enabled:
		return &Missing{lang.T("this kernel has AppArmor, and it is switched off") + k.has(), lang.F("%s; or %s", lang.T(bootArgs), lang.T(getMachine))}
	case !k.Visible && k.Container != "":
		return &Missing{
			lang.F("the kernel has AppArmor, but this is a container (%s) that does not show %s", k.Container, Dir),
			lang.T("run workshop outside of the container, or in a VM: make vm"),
		}
	case !k.Visible:
		return &Missing{
			lang.F("the kernel has AppArmor, but there is no %s", Dir),
			"mount -t securityfs securityfs /sys/kernel/security",
		}
	case k.NoExec != "":
		return &Missing{
			lang.F("the kernel has AppArmor, but openat2 %s fails: %s", execFile, k.NoExec),
			lang.F("Linux 5.8 has both: %s", "make vm"),
		}
	case k.Parser == "":
		return &Missing{ErrNoParser.Error(), "apt-get install apparmor"}
	}
	return nil
}

// has says what the kernel runs instead.
func (k Kernel) has() string {
	if len(k.LSMs) == 0 {
		return lang.F(" (%s is not Y)", enabledFile)
	}
	return lang.F("; the security modules it runs: %s", strings.Join(k.LSMs, ", "))
}

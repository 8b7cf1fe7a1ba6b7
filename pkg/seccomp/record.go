package seccomp

import (
	"os"
	"strconv"
	"strings"

	"github.com/how-to-be-a-container/workshop/pkg/audit"
	"github.com/how-to-be-a-container/workshop/pkg/lang"
	"github.com/how-to-be-a-container/workshop/pkg/observe"
)

// Record is an audit record of a call that was logged, or that killed.
type Record struct {
	PID    int    `json:"pid"`
	Comm   string `json:"comm"` // the command's name
	Call   string `json:"call"`
	ABI    string `json:"abi"`
	Action Action `json:"action"`

	Session string `json:"session"` // the audit session of the process
}

// ParseRecord reads the text of a record of the type audit.Seccomp.
func ParseRecord(text string) (Record, bool) {
	fields := make(map[string]string)
	for _, f := range strings.Fields(text) {
		if key, value, ok := strings.Cut(f, "="); ok {
			fields[key] = value
		}
	}
	pid, err1 := strconv.Atoi(fields["pid"])
	number, err2 := strconv.Atoi(fields["syscall"])
	abi, err3 := strconv.ParseUint(fields["arch"], 16, 32)
	code, err4 := strconv.ParseUint(fields["code"], 0, 32)
	for _, err := range []error{err1, err2, err3, err4} {
		if err != nil {
			return Record{}, false
		}
	}
	r := Record{PID: pid, Comm: audit.Value(fields["comm"]), ABI: abiName(uint32(abi)), Action: Action(code), Session: fields["ses"]}
	r.Call = nameIn(uint32(abi), number)
	return r, true
}

// nameIn names a call of any ABI that has a table.
func nameIn(auditArch uint32, number int) string {
	if a := abiOf(auditArch); a != nil {
		return a.nameOf(number &^ x32)
	}
	return strconv.Itoa(number)
}

// Words says what the record tells.
func (r Record) Words() string {
	text := lang.F("%s (process %d) called %s", observe.Printable(r.Comm), r.PID, r.Call)
	if r.ABI != Arch() {
		text = lang.F("%s through the ABI %s", text, r.ABI)
	}
	return text + ": " + r.Action.Words()
}

const actionsLogged = "/proc/sys/kernel/seccomp/actions_logged"

// WhereLogged says where the records of a log rule go on this machine.
func WhereLogged() string {
	if logged, err := os.ReadFile(actionsLogged); err == nil && !strings.Contains(string(logged), Log.String()) {
		return lang.F("%s has no %s: the kernel writes none", actionsLogged, Log)
	}
	if _, err := os.Stat(audit.Log); err == nil {
		return lang.F("auditd writes them to %s; also: ausearch -m SECCOMP", audit.Log)
	}
	return lang.T("no auditd is here, so they go to the kernel's log; also: dmesg | grep type=1326")
}

package audit

import (
	"os"
	"strconv"
	"strings"
)

const (
	loginUID  = "/proc/thread-self/loginuid"
	sessionID = "/proc/thread-self/sessionid"
	unset     = "4294967295" // AUDIT_UID_UNSET: nobody has logged in
)

// Session is an audit session: that of a login, and of all that it starts. Each record
// of a process names it.
type Session struct {
	ID  string // as in the field ses
	Own bool   // nobody is in it but who began it, and what that starts
}

// BeginSession puts this thread alone into a session of its own, as a login does: the
// kernel gives a new one to each who writes a loginuid, also the same again. Where it
// lets nobody do that a second time (auditctl --loginuid-immutable), the session is the
// one that was.
func BeginSession() Session {
	began := os.WriteFile(loginUID, []byte(whoLoggedIn()), 0)
	id, _ := os.ReadFile(sessionID) // no file: no record names a session
	return Session{ID: strings.TrimSpace(string(id)), Own: began == nil}
}

// whoLoggedIn is the user that the records name.
func whoLoggedIn() string {
	uid, err := os.ReadFile(loginUID)
	if text := strings.TrimSpace(string(uid)); err == nil && text != unset {
		return text
	}
	return strconv.Itoa(os.Getuid())
}

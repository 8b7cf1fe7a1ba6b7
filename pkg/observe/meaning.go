package observe

import (
	"strings"

	"github.com/how-to-be-a-container/workshop/pkg/lang"
)

type meaning struct{ field, text string }

// MeaningOf says in half a line what a field of a [Change] means, for someone
// who has never seen it, or "" for a field that it does not know. language is
// "en" or "ja"; any other one gives English.
func MeaningOf(field, language string) string {
	table := meanings(language)
	for _, key := range meaningKeys(field) {
		for _, m := range table {
			if m.field == key {
				return m.text
			}
		}
	}
	return ""
}

// meaningKeys gives the keys to try, the closest first: "cgroup pids" is a
// cgroup, and several capability sets together are "Cap".
func meaningKeys(field string) []string {
	first, _, several := strings.Cut(field, " ")
	if several && strings.HasPrefix(first, "Cap") {
		return []string{"Cap"}
	}
	return []string{field, first}
}

// meanings gives the table of a language. Each text has at most 60 columns.
func meanings(language string) []meaning {
	if language == lang.Japanese {
		return japanese[:]
	}
	return english[:]
}

var english = [...]meaning{
	{"exe", "the program that runs: only execve changes it"},
	{"cmdline", "its arguments, as given to execve"},
	{"Name", "the command's name: execve takes it from the file"},
	{"State", "T: stopped by a signal; Z: ended, parent has not waited"},
	{"Pid", "its process id, as the observer counts"},
	{"PPid", "its parent, who gets the exit status by wait"},
	{"NSpid", "its pid in each pid namespace, from outside to inside"},
	{"NSpgid", "its process group: Ctrl-C reaches a whole group"},
	{"NSsid", "its session: the processes of one terminal"},
	{"Threads", "execve ends every thread but the one that calls it"},
	{"Uid", "user ids: the effective one is checked"},
	{"Gid", "group ids: the effective one is checked"},
	{"Groups", "further groups whose files it may use"},
	{"uid_map", "first id inside, first id outside, how many"},
	{"gid_map", "first id inside, first id outside, how many"},
	{"ns/cgroup", "which cgroup it sees as /"},
	{"ns/ipc", "its System V IPC and POSIX message queues"},
	{"ns/mnt", "its own list of mounts"},
	{"ns/net", "its interfaces, routes, firewall and ports"},
	{"ns/pid", "which processes it sees, and under which numbers"},
	{"ns/pid_for_children", "the pid namespace of the children it will have"},
	{"ns/time", "how far its clocks are from the machine's"},
	{"ns/time_for_children", "the time namespace of the children it will have"},
	{"ns/user", "its user ids, and where its capabilities count"},
	{"ns/uts", "its hostname"},
	{"timens_offsets", "seconds and nanoseconds added to its clocks"},
	{"root", "what / is for this process"},
	{"cwd", "where its relative paths start"},
	{"Umask", "permissions that the files it makes do not get"},
	{"mountinfo", "the mounts that it can reach from its root"},
	{"mountinfo options", "what a mount forbids: ro, nosuid, nodev, noexec"},
	{"mountinfo propagation", "whether a mount made in one namespace shows in others"},
	{"cgroup", "the group that is counted and limited together"},
	{"Cap", "parts of root's power; CapEff is checked at each use"},
	{"CapInh", "may pass execve, if the program's file names them too"},
	{"CapPrm", "the most that it can switch on in CapEff"},
	{"CapEff", "the parts of root's power that it has right now"},
	{"CapBnd", "the most that a file can ever give it at an execve"},
	{"CapAmb", "passes execve even without capabilities on the file"},
	{"NoNewPrivs", "execve can give no privilege, not even set-user-ID"},
	{"Seccomp", "a filter judges each system call; it cannot be removed"},
	{"Seccomp_filters", "how many filters judge each system call"},
	{"Speculation_Store_Bypass", "a CPU weakness; seccomp can switch on its cure"},
	{"SpeculationIndirectBranch", "a CPU weakness; seccomp can switch on its cure"},
	{"attr/current", "the profile that the security module enforces on it"},
	{"SigBlk", "signals that wait until it unblocks them"},
	{"SigIgn", "signals that it ignores; execve keeps this"},
	{"SigCgt", "signals that it handles; execve ends this"},
	{"fd", "what it has open: stays usable whatever else changes"},
	{"maps", "files in its memory: program and libraries"},
	{"THP_enabled", "whether it may use huge pages of memory"},
	{"untag_mask", "address bits that the CPU looks at"},
	{"x86_Thread_features", "CPU protections that are on, such as shadow stacks"},
	{"x86_Thread_features_locked", "CPU protections that it cannot switch"},
	{"Cpus_allowed_list", "the CPUs that it may run on"},
	{"Mems_allowed_list", "the memory nodes that it may use"},
	{"limits", "what this process may use at most"},
	{"limits Max processes", "counts all processes of the user, not of a container"},
	{"limits Max open files", "how many descriptors it may have open"},
}

package main

import (
	"github.com/spf13/pflag"

	"github.com/how-to-be-a-container/workshop/pkg/steps"
)

// addNamespaceFlags choose the namespaces.
func addNamespaceFlags(fs *pflag.FlagSet, spec *steps.Spec) {
	n := &spec.Namespaces
	fs.Var((*words)(&n.Kinds), "ns", "these new namespaces and no others: pid,uts (default: all but user)")
	fs.BoolVar(&n.User, "user", false, "a new user namespace too, in which root is nobody outside")
	fs.Var((*text)(&n.Hostname), "hostname", "the name in the new uts namespace (default: "+steps.DefaultHostname+")")
	fs.UintVar(&n.Uptime, "uptime", 0, "the seconds since boot that the new time namespace begins with")
	fs.StringArrayVar(&n.Join, "join", nil, "enter an existing namespace: net=NAME (of ip netns), uts=PID, ipc=/proc/PID/ns/ipc")
}

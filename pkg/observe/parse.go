package observe

import (
	"bytes"
	"slices"
	"strconv"
	"strings"

	"github.com/moby/sys/mountinfo"
)

// parseStatus reads proc_pid_status(5). A line without a colon is no field.
func parseStatus(data []byte) []Field {
	fields := make([]Field, 0, 64)
	for line := range strings.Lines(string(data)) {
		if name, value, ok := strings.Cut(line, ":"); ok {
			fields = append(fields, Field{name, strings.TrimSpace(value)})
		}
	}
	return fields
}

// parseCmdline splits argv at its NULs: proc_pid_cmdline(5).
func parseCmdline(data []byte) []string {
	if len(data) == 0 {
		return nil
	}
	return strings.Split(strings.TrimSuffix(string(data), "\x00"), "\x00")
}

func parseMounts(data []byte) ([]Mount, error) {
	infos, err := mountinfo.GetMountsFromReader(bytes.NewReader(data), nil)
	if err != nil {
		return nil, err
	}
	all := make([]Mount, 0, len(infos))
	for _, i := range infos {
		propagation := i.Optional
		if propagation == "" {
			propagation = "private"
		}
		all = append(all, Mount{
			ID: i.ID, Parent: i.Parent, Dev: strconv.Itoa(i.Major) + ":" + strconv.Itoa(i.Minor),
			Root: i.Root, Mountpoint: i.Mountpoint, FSType: i.FSType, Source: i.Source,
			Options: i.Options, SuperOptions: i.VFSOptions, Propagation: propagation,
		})
	}
	return all, nil
}

// parseLabel cuts the end of an LSM's line: AppArmor ends it with a newline,
// SELinux with a NUL.
func parseLabel(data []byte) string {
	return strings.TrimRight(string(data), "\n\x00")
}

// parseMaps reads proc_pid_maps(5). The path follows five words, and may hold
// spaces; "[heap]" and its like are no files.
func parseMaps(data []byte) Maps {
	var m Maps
	for line := range strings.Lines(string(data)) {
		m.Count++
		path := strings.TrimSuffix(line, "\n")
		for range 5 {
			_, path, _ = strings.Cut(path, " ")
		}
		path = strings.TrimLeft(path, " ")
		if strings.HasPrefix(path, "/") && !slices.Contains(m.Files, path) {
			m.Files = append(m.Files, path)
		}
	}
	return m
}

// parseLimits reads /proc/PID/limits, whose columns have fixed widths because
// the names hold spaces.
func parseLimits(data []byte) []Limit {
	const soft, hard, units = 26, 47, 68
	var all []Limit
	for line := range strings.Lines(string(data)) {
		if len(line) < units || strings.HasPrefix(line, "Limit ") {
			continue
		}
		all = append(all, Limit{
			Name: strings.TrimSpace(line[:soft]), Soft: strings.TrimSpace(line[soft:hard]),
			Hard: strings.TrimSpace(line[hard:units]), Units: strings.TrimSpace(line[units:]),
		})
	}
	return all
}

// parseLines joins the lines by ", " and the words of a line by one space.
func parseLines(data []byte) string {
	var lines []string
	for line := range strings.Lines(string(data)) {
		if words := strings.Fields(line); len(words) > 0 {
			lines = append(lines, strings.Join(words, " "))
		}
	}
	return strings.Join(lines, ", ")
}

package lang

// The demos: pkg/demo and workshop demo.
func init() {
	add(map[string]string{
		"DEMO":  "デモ",
		"SHOWS": "示すこと",

		"each condition of pivot_root(2), broken once on purpose":                             "pivot_root(2)の各条件を、わざと1つずつ破る",
		"the root cgroup has no pids.max, and none can be made":                               "ルートcgroupにpids.maxはなく、作ることもできない",
		"RLIMIT_NPROC misses a process that attaches; pids.max does not":                      "RLIMIT_NPROCはattachしたプロセスに効かず、pids.maxは効く",
		"what is dropped from the bounding set is gone after the next execve, and not before": "バウンディングセットから外した権限は、次のexecveで消える",
		"a server on port 80 as an ordinary user, by a file capability":                       "ファイルケーパビリティで、一般ユーザーが80番ポートを使う",
		"a profile entered at once, and one entered at execve":                                "すぐに入るプロファイルと、execveで入るプロファイル",
	})
}

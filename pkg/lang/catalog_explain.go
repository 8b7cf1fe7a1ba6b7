package lang

// What is told of a container while it is built: pkg/explain, pkg/observe,
// pkg/steps and the commands of the lessons.
func init() {
	add(func() map[string]string {
		return map[string]string{
			// steps
			"nothing yet: clone, execve, wait":                            "まだ何もしない: clone、execve、wait",
			"chroot and chdir into a root filesystem":                     "ルートファイルシステムへのchrootとchdir",
			"a mount namespace whose only root is the new one":            "新しいルートしか存在しないマウント名前空間",
			"its own processes, mounts, hostname, IPC, network, clock":    "専用のプロセス、マウント、ホスト名、IPC、ネットワーク、時計",
			"pids.max: a limit on the number of processes":                "pids.max: プロセス数の上限",
			"parts of root's power dropped, and no way to get them back":  "rootの権限の一部を捨てる。取り戻す方法はない",
			"a filter that every system call has to pass":                 "すべてのシステムコールが通るフィルタ",
			"a profile: rules on paths and operations that bind root too": "プロファイル: rootも縛る、パスと操作のルール",
		}
	})
}

// Explain.
func init() {
	add(func() map[string]string {
		return map[string]string{
			"Enter: more    q: leave":                                            "Enter: 続き    q: 終了",
			"Enter: do it    q: leave":                                           "Enter: 実行    q: 終了",
			"the child was born with it: see clone above":                        "子プロセスが生まれたときから持っている(上のcloneを参照)",
			"t: stopped by workshop, to look; Z: ended, not waited for":          "t: workshopが観察のため停止中、Z: 終了済みで親のwait待ち",
			"nothing changed that the kernel shows":                              "カーネルから見える変化なし",
			"clone(2) makes a child: a copy of its parent":                       "clone(2)で子プロセスを作る: 親のコピー",
			"clone(2) makes a child: a copy of its parent, but for %s":           "clone(2)で子プロセスを作る: 親のコピー、ただし%sだけは別",
			"execve(2) replaces the program, not the process":                    "execve(2)で入れ替わるのはプログラムで、プロセスは同じまま",
			"wait(2): the parent takes the exit status, and the process is gone": "wait(2): 親が終了ステータスを受け取り、プロセスは消える",
			"The profile is loaded, and the child has written its name to attr/apparmor/exec and read it back: the kernel shows a label for execve to nobody else.": "プロファイルは読み込まれました。子プロセスはその名前をattr/apparmor/execに書き、読み戻して確かめました。execve用のラベルを、カーネルは本人以外には見せません。",
			"Inherited: %s.":        "引き継いだもの: %s。",
			"Survived: %s.":         "変わらずに残ったもの: %s。",
			"the root directory":    "ルートディレクトリ",
			"the working directory": "作業ディレクトリ",
			"user and group ids":    "ユーザーIDとグループID",
			"capabilities":          "ケーパビリティ",
			"cgroups":               "cgroup",
			"the namespaces %s":     "名前空間 %s",
			"the seccomp filters":   "seccompフィルタ",
			", ":                    "、",
		}
	})
}

// Observe.
func init() {
	add(func() map[string]string {
		return map[string]string{
			"none":             "なし",
			"%s on mount %d":   "%s (マウント%d)",
			"%d file":          "%d個のファイル",
			"%d files":         "%d個のファイル",
			"%d open":          "%d個",
			"soft %s, hard %s": "ソフト%s、ハード%s",
			"%d mount":         "%d個のマウント",
			"%d mounts":        "%d個のマウント",
			"all %d mounts":    "%d個のマウントすべて",
			"%d of %d mounts":  "%[2]d個中%[1]d個のマウント",
			" and ":            "と",
			"all %d":           "全%d個",
			"all but %s":       "%s以外のすべて",
			"%d: %s":           "%d個: %s",
			"0 (off)":          "0 (オフ)",
			"1 (on)":           "1 (オン)",
		}
	})
}

// The commands of the lessons.
func init() {
	add(func() map[string]string {
		return map[string]string{
			"LESSON":    "レッスン",
			"ADDS":      "加えるもの",
			"Lesson %s": "レッスン%s",
		}
	})
}

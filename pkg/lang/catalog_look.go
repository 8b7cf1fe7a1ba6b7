package lang

// The commands that look: workshop caps.
func init() {
	add(func() map[string]string {
		return map[string]string{
			"Capabilities":                    "ケーパビリティ",
			"process %d (%s), user %d":        "プロセス%d(%s)、ユーザー%d",
			"CAPABILITY":                      "ケーパビリティ",
			"CapEff, what it may do now: %s.": "CapEff、いま使えるもの: %s。",
			"CapBnd, what an execve can ever give: %d of the %d that this kernel knows.": "CapBnd、execveで得られる可能性のあるもの: このカーネルにある%[2]d個のうち%[1]d個。",
			"Process 1's bounding set lacks %d of them too: %s.":                         "そのうち%d個は、PID 1のバウンディングセットにもありません: %s。",
			"no_new_privs is set: an execve gives nothing that is not there already.":    "no_new_privsが設定されています。execveで新しく得られるものはありません。",
			"missing, in process 1 too":                                                  "なし(PID 1にもない)",
			"until the next execve":                                                      "次のexecveまで",
			"missing, for good":                                                          "なし(二度と得られない)",
			"only by an execve":                                                          "execveでだけ得られる",
			"can be switched on":                                                         "有効にできる",
			"%s and more":                                                                "%sなど",
		}
	})
}

// The formula of workshop caps --exec.
func init() {
	add(func() map[string]string {
		return map[string]string{
			"execve fails with EPERM, and the process stays what it is.": "execveはEPERMで失敗し、プロセスは元のままです。",
			"P, the process before": "P、execve前のプロセス",
			"user IDs":              "ユーザーID",
			"real %d, effective %d": "実%d、実効%d",
			"not shown by /proc; taken to be none, as usual": "/procには現れない。普通どおり、なしとみなす",
			"no SECBIT_NOROOT: root has its special rule":    "SECBIT_NOROOTなし: rootの特別扱いは有効",
			"F, the file":                          "F、ファイル",
			"mode and mount":                       "モードとマウント",
			"P', the process after":                "P'、execve後のプロセス",
			"= (F is privileged) ? 0 : P(ambient)": "= (Fに特権がある) ? 0 : P(ambient)",
			"effective user ID":                    "実効ユーザーID",
			"& P(permitted), by no_new_privs":      "& P(permitted)、no_new_privsのため",
			"%s (revision %d)":                     "%s(リビジョン%d)",
			"set-user-ID of user %d":               "set-user-ID(ユーザー%d)",
			"set-group-ID of group %d":             "set-group-ID(グループ%d)",
			"on a nosuid mount":                    "nosuidのマウント上",
			"ordinary":                             "普通",
			"yes":                                  "はい",
			"no":                                   "いいえ",

			"the mount is nosuid: the file's capabilities and its set-user-ID bit count for nothing":                  "マウントがnosuid: ファイルのケーパビリティもset-user-IDビットも無視されます",
			"the file's capabilities are those of another user namespace: they count for nothing":                     "ファイルのケーパビリティは別のユーザー名前空間のもの: 無視されます",
			"the file changes the effective user or group ID":                                                         "ファイルが実効ユーザーIDか実効グループIDを変えます",
			"no_new_privs: the set-user-ID and set-group-ID bits count for nothing":                                   "no_new_privs: set-user-IDビットとset-group-IDビットは無視されます",
			"the file asks for its permitted set to be effective, and may not have all of it: execve refuses (EPERM)": "ファイルはpermittedを有効にするよう求めていますが、その全部は得られません: execveが拒否します(EPERM)",
			"SECBIT_NOROOT: user ID 0 gets nothing for being 0":                                                       "SECBIT_NOROOT: ユーザーIDが0でも特別扱いされません",
			"the file is set-user-ID-root and has capabilities of its own: those alone count":                         "ファイルはset-user-ID-rootで、ケーパビリティも持っています: 効くのはケーパビリティだけです",
			"root: with the effective user ID 0 the file counts as having every capability, and effective":            "root: 実効ユーザーIDが0なら、ファイルは全ケーパビリティを有効な状態で持つとみなされます",
			"root: with the real user ID 0 the file counts as having every capability, though not effective":          "root: 実ユーザーIDが0なら、ファイルは全ケーパビリティを持つとみなされます。ただし有効ではありません",
			"no_new_privs: what was not permitted before is not permitted after":                                      "no_new_privs: 前にpermittedでなかったものは、後でもpermittedになりません",
		}
	})
}

// Workshop cgroups.
func init() {
	add(func() map[string]string {
		return map[string]string{
			"share of CPU time":             "CPU時間の配分",
			"counts CPU time":               "CPU時間の計測",
			"which CPUs and memory nodes":   "使えるCPUとメモリノード",
			"bytes of memory":               "メモリのバイト数",
			"disk bandwidth (io)":           "ディスクの帯域(io)",
			"disk bandwidth":                "ディスクの帯域",
			"number of processes":           "プロセスの数",
			"which devices":                 "使えるデバイス",
			"stop and go on":                "停止と再開",
			"tags packets":                  "パケットへの目印",
			"priority of packets":           "パケットの優先度",
			"perf per group":                "グループごとのperf",
			"huge pages":                    "ヒュージページ",
			"RDMA objects":                  "RDMAオブジェクト",
			"other counted things":          "その他の数えられるもの",
			"device memory":                 "デバイスのメモリ",
			"shows the kernel's own counts": "カーネル内部の計数",
			"TREE":                          "ツリー",
			"MOUNTED AT":                    "マウント先",
			"CONTROLLERS":                   "コントローラ",
			"CONTROLLER":                    "コントローラ",
			"LIMITS":                        "制限するもの",
			"ON":                            "場所",
			"Process %d is in  %s":          "プロセス%dの所属  %s",
			"for%s":                         "対象:%s",
			" (read-only)":                  " (読み取り専用)",
			"none: it only groups":          "なし: グループ分けのみ",
			"switched off":                  "無効",
			"not mounted":                   "未マウント",
			"PID 1 is systemd: it mounted these trees, and gives each service, session and user a group of its own.":                      "PID 1はsystemdです。これらのツリーをマウントし、サービス、セッション、ユーザーのそれぞれに専用のグループを作ります。",
			"PID 1 is %s, not systemd. The kernel keeps no record of who mounted a tree; at boot that is PID 1's work, or its starter's.": "PID 1は%sで、systemdではありません。誰がツリーをマウントしたかをカーネルは記録しませんが、起動時にするのはPID 1か、それを起動したものです。",
		}
	})
}

// Workshop namespaces, ps and trace, and what to do about an error.
func init() {
	add(func() map[string]string {
		return map[string]string{
			"here %d, inside %s":             "外では%d、中では%s",
			"interfaces: %s":                 "インターフェース: %s",
			"its / is a group of its own":    "専用のグループが/に見える",
			"1 mount within its root":        "ルートの下のマウント1個",
			"%d mounts within its root":      "ルートの下のマウント%d個",
			"CLOCK_BOOTTIME %s s":            "CLOCK_BOOTTIME %s秒",
			"user %s is %s outside":          "ユーザー%sは外では%s",
			"own memory segments and queues": "専用の共有メモリとキュー",
			"own hostname":                   "専用のホスト名",
			"This is workshop itself. Start a container in another terminal, sudo workshop 4, and look again.": "これはworkshop自身です。別の端末でsudo workshop 4とコンテナを起動し、もう一度見てください。",
			"host: %d %s": "ホスト: %d %s",
			"shared":      "共有",
			"No container runs. Start one in another terminal: sudo workshop 5": "動いているコンテナはありません。別の端末で起動してください: sudo workshop 5",
			"being built: %s":      "作成中: %s",
			"PROCESSES":            "プロセス数",
			"LAYERS":               "層",
			"COMMAND":              "コマンド",
			"1 call":               "1回の呼び出し",
			"%d calls of %d kinds": "%d回、%d種類の呼び出し",
			"The filter that allows these and no others:":                                                 "これらだけを許すフィルタ:",
			"%s is left out: another step of these takes its place":                                       "%sは外します。指定されたほかのステップがその代わりをします",
			"Not seen, and in it: %s. The process needs that after the filter, before it is the command.": "記録にはなくても入れてあるもの: %s。フィルタを付けてからコマンドになるまでの間に、プロセスが使います。",

			"There is no /proc here. Try: mount -t proc proc /proc":                                                                                                 "ここには/procがありません。次を試してください: mount -t proc proc /proc",
			"A filesystem is full: see df -h.":                                                                                                                      "ファイルシステムがいっぱいです。df -hで確かめてください。",
			"The limit of open files is too low here: see ulimit -n.":                                                                                               "開けるファイルの数の上限が低すぎます。ulimit -nを見てください。",
			"The kernel refuses even root here: inside of a container? Try it in a VM.":                                                                             "ここではrootでもカーネルに拒否されます。コンテナの中ではありませんか。VMで試してください。",
			"There is no such command in the root filesystem, or its interpreter or loader is not there.":                                                           "ルートファイルシステムに、コマンドかそのインタプリタ、ローダーがありません。",
			"It is not executable: see its mode, and the mount's options.":                                                                                          "実行できないファイルです。モードとマウントオプションを確かめてください。",
			"It is no program for this machine: of another architecture, or a script without #!.":                                                                   "このマシンのプログラムではありません。別のアーキテクチャのものか、#!のないスクリプトです。",
			"workshop writes to /run/workshop, below /sys/fs/cgroup and where it keeps the root filesystems: in a container they may be read-only. Try it in a VM.": "workshopは/run/workshop、/sys/fs/cgroupの下、ルートファイルシステムの置き場所に書き込みます。コンテナの中では、読み取り専用のことがあります。VMで試してください。",
		}
	})
}

// Workshop rootfs.
func init() {
	add(func() map[string]string {
		return map[string]string{
			"KIND":     "種類",
			"BUILT":    "作成済み",
			"built %s": "作成しました: %s",
			"in %s":    "場所: %s",
			"one static binary with more than 250 tools, in a second":            "250を超えるツールが入った静的バイナリ1つ。1秒で作れる",
			"Debian with bash, perl, ip, ps, apt; building it needs the network": "bash、perl、ip、ps、aptのあるDebian。作成にはネットワークが必要",
			"this machine's shell and some tools, with their libraries":          "このマシンのシェルといくつかのツール、そのライブラリ",
		}
	})
}

package lang

// The attacks: pkg/attack and workshop attack.
func init() {
	add(func() map[string]string {
		return map[string]string{
			"ATTACK":                    "攻撃",
			"AGAINST":                   "防ぐための層",
			"TRIES TO":                  "試みること",
			"Attack: %s":                "攻撃: %s",
			"against %s":                "対象: %s",
			"The attack succeeded: %s.": "攻撃は成功しました: %s。",
			"The container keeps %s, which that needs.": "コンテナには、それに必要な%sが残っています。",
			"Without it: --cap-drop %s":                 "外すには: --cap-drop %s",
			"The attack was stopped: %s.":               "攻撃は防がれました: %s。",
			"The attack left, and gained little: %s.":   "外には出ましたが、ほとんど何もできません: %s。",
		}
	})
}

// What each tries.
func init() {
	add(func() map[string]string {
		return map[string]string{
			"leave the root directory by a second chroot":       "2度目のchrootでルートディレクトリの外へ出る",
			"read a file of the host by its name":               "ホストのファイルを名前で読む",
			"read the environment of a process of the host":     "ホストのプロセスの環境変数を読む",
			"kill a process of the host":                        "ホストのプロセスを殺す",
			"change the hostname for everyone":                  "ホスト名をホスト全体で変える",
			"read shared memory of the host (System V)":         "ホストの共有メモリを読む(System V)",
			"take a message out of a queue of the host (POSIX)": "ホストのキューからメッセージを取り出す(POSIX)",
			"talk to a server on the host's 127.0.0.1":          "ホストの127.0.0.1にあるサーバーと話す",
			"talk to a server on an abstract unix(7) socket":    "抽象unix(7)ソケットのサーバーと話す",
			"read which cgroup of the host it is in":            "自分がホストのどのcgroupにいるかを読む",
			"read how long the host has been up":                "ホストの稼働時間を読む",
			"make a mount that is seen outside":                 "外からも見えるマウントを作る",
			"have 128 processes at the same time":               "同時に128個のプロセスを持つ",
			"be allowed to set the clock of the whole machine":  "マシン全体の時計を合わせる許可を得る",
			"change its root directory again":                   "ルートディレクトリをもう一度変える",
			"make a device file":                                "デバイスファイルを作る",
			"mount a file system":                               "ファイルシステムをマウントする",
			"kill a process of another user":                    "ほかのユーザーのプロセスを殺す",
			"take over a process of another user":               "ほかのユーザーのプロセスを乗っ取る",
			"bind a port below 1024":                            "1024未満のポートにbindする",
			"open a socket that sends any packet":               "任意のパケットを送れるソケットを開く",
			"be allowed to call reboot(2)":                      "reboot(2)を呼び出す許可を得る",
			"be allowed to open any file by its inode number":   "任意のファイルをinode番号で開く許可を得る",
			"make a directory":                                  "ディレクトリを作る",
			"give a file away":                                  "ファイルの所有者を変える",
			"call keyctl, which only a user namespace divides":  "ユーザー名前空間でしか分離できないkeyctlを呼ぶ",
			"make namespaces: new ways into the kernel":         "名前空間を作り、カーネルへの新しい入り口を得る",
			"call mount, whatever its capabilities":             "ケーパビリティによらずmountを呼び出す",
			"call bpf, which loads programs into the kernel":    "カーネルにプログラムを読み込ませるbpfを呼び出す",
			"call perf_event_open, which can watch the kernel":  "カーネルを観測できるperf_event_openを呼び出す",
			"call userfaultfd, by which exploits win races":     "競合を突く攻撃に使われるuserfaultfdを呼び出す",
			"make namespaces by flags that no filter can read":  "フィルタが読めないフラグで名前空間を作る",
			"switch off address randomisation for itself":       "自分のアドレス空間のランダム化を切る",
			"talk to the virtual machine's host":                "仮想マシンのホストと話す",
			"make a directory by a call of another ABI":         "番号の異なる別のABIの呼び出しでディレクトリを作る",
			"read a file that it owns and just wrote":           "自分が所有し、いま書いたばかりのファイルを読む",
			"execute /usr/bin/top":                              "/usr/bin/topを実行する",
			"be allowed to set what runs as root after a crash": "クラッシュ後にrootで動くものを決める許可を得る",
		}
	})
}

// What they find.
func init() {
	add(func() map[string]string {
		return map[string]string{
			"/ before":                            "最初の/",
			"/ after":                             "最後の/",
			"host's marker":                       "ホストの目印",
			"host's secret":                       "ホストの秘密",
			"processes in /proc":                  "/procのプロセス数",
			"the host's process":                  "ホストのプロセス",
			"network interfaces":                  "インターフェース",
			"its cgroup":                          "所属するcgroup",
			"uptime in seconds":                   "稼働時間(秒)",
			"processes made":                      "作れたプロセス数",
			"find the host's process in /proc":    "/procでホストのプロセスを探す",
			`chdir("..") until nothing is above`:  `上がなくなるまでchdir("..")`,
			"no /proc in here, so it mounts one:": "中に/procがないので、マウントします:",
			"process %d belongs to user %d":       "プロセス%dはユーザー%dのもの",
			"start a process of user %d: %w":      "ユーザー%dのプロセスを始める: %w",
			"start a process of user %d, which takes CAP_SETUID and CAP_SETGID: %w": "ユーザー%dのプロセスを始める(CAP_SETUIDとCAP_SETGIDが必要): %w",
			"start a process of user %d, whom this user namespace does not map: %w": "ユーザー%dのプロセスを始める(このユーザー名前空間に対応付けがありません): %w",
		}
	})
}

// What stopped them.
func init() {
	add(func() map[string]string {
		return map[string]string{
			"the probe was killed by %s":                                                                    "攻撃プログラムは%sで殺されました",
			"the probe was ended with exit code %d":                                                         "攻撃プログラムは終了コード%dで終わりました",
			"%s before it could begin: under these settings it cannot start":                                "%s。まだ攻撃を始めていません。この設定では始められません",
			"%s before it could begin":                                                                      "%s。まだ攻撃を始めていません",
			"every call succeeded, and / is still the same directory: there is nothing above it":            "どの呼び出しも成功しましたが、/は同じディレクトリのままです。その上には何もありません",
			"This is the host's root already: there is nothing to escape from.":                             "ここは初めからホストのルートです。脱出するものがありません。",
			"it may read there what everybody may: %w":                                                      "読めるのは誰でも読めるものだけです: %w",
			"this attack has a target on the host, which is made for it there: run it on the host, as root": "この攻撃の標的はホスト側に用意されます。ホストでrootとして実行してください",
			"what it read is not what the host has there":                                                   "読めた内容は、ホストにあるものと違います",
			"no such process in /proc":                                                                      "/procにそのプロセスはありません",
			"the host's process lives":                                                                      "ホストのプロセスは生きています",
			"outside the name is still %s":                                                                  "外側のホスト名は%sのままです",
			`every path in /proc/self/cgroup is "/"`:                                                        `/proc/self/cgroupのパスはすべて"/"です`,
			"it read %.0f s, and the host has been up for %.0f s":                                           "読めた値は%.0f秒で、ホストの稼働時間は%.0f秒です",
			"outside there is no such mount":                                                                "外側にそのマウントはありません",
			"this kernel has no 32-bit calls (CONFIG_IA32_EMULATION), so there is no hole to close":         "このカーネルには32ビットの呼び出し(CONFIG_IA32_EMULATION)がなく、ふさぐ穴がありません",
			"64-bit ARM code has no way to make a 32-bit call: it would have to execute a 32-bit program, whose calls the filter's guard kills too": "64ビットのARMコードから32ビットの呼び出しはできません。32ビットのプログラムを実行しても、その呼び出しはフィルタの先頭の検査で殺されます",
		}
	})
}

// Why, as seen from outside.
func init() {
	add(func() map[string]string {
		return map[string]string{
			"/proc/%d/mountinfo, all that the process can reach: %s.":                                                                           "/proc/%d/mountinfo、このプロセスからたどれるもののすべて: %s。",
			"/proc/%d/ns/%s is %s, the host's own: so something else stopped it.":                                                               "/proc/%d/ns/%sは%sで、ホストと同じです。防いだのは別のものです。",
			"/proc/%d/ns/%s is %s, which stands in for the host's.":                                                                             "/proc/%d/ns/%sは%sで、ホストの代わりをしています。",
			"/proc/%d/ns/%s is %s, which stands in for the host's: so something else stopped it.":                                               "/proc/%d/ns/%sは%sで、ホストの代わりをしています。防いだのは別のものです。",
			"/proc/%d/ns/pid is %s, and the host's is %s: in there reboot(2) ends no more than process 1 of the container.":                     "/proc/%d/ns/pidは%s、ホストのものは%sです。その中のreboot(2)が終わらせるのは、コンテナのPID 1だけです。",
			"/proc/%d/status: CapEff has %s, which counts in %s; the kernel asks for it in the host's, %s.":                                     "/proc/%d/status: CapEffの%sが効くのは%sの中だけです。カーネルが求めるのはホストの%sでのものです。",
			"%s: %w, which is the filter's own answer":                                                                                          "%s: %w(フィルタ自身の答え)",
			"/proc/%d/ns/%s is %s, and the host's is %s.":                                                                                       "/proc/%d/ns/%sは%s、ホストのものは%sです。",
			"/proc/%d/status: CapEff has %s, so something else stopped it.":                                                                     "/proc/%d/status: CapEffに%sがあります。防いだのは別のものです。",
			"/proc/%d/status: CapEff has no %s; CapBnd has it.":                                                                                 "/proc/%d/status: CapEffに%sがありません。CapBndにはあります。",
			"/proc/%d/status: CapEff has no %s, and CapBnd neither: no execve brings it back.":                                                  "/proc/%d/status: %sはCapEffになく、CapBndにもありません。execveでも取り戻せません。",
			"%s is the kernel's own answer, or the filter's, which gives it for some arguments: this shows nothing":                             "%sはカーネルの答えか、引数によって同じ値を返すフィルタの答えかの、どちらかです。ここからは何も言えません",
			"%s, on purpose: the kernel let us in and then saw that the call was wrong":                                                         "%sは狙いどおり: カーネルは許可してから、呼び出しの誤りに気づきました",
			"%s, on purpose: the kernel let the call through, then saw the mistake":                                                             "%sは狙いどおり: カーネルは呼び出しを通してから、誤りに気づきました",
			"/proc/%d/status: Seccomp is 0, so something else stopped it.":                                                                      "/proc/%d/status: Seccompは0です。防いだのは別のものです。",
			"/proc/%d/status: Seccomp is %s (%s), with one filter.":                                                                             "/proc/%d/status: Seccompは%s(%s)、フィルタは1個です。",
			"/proc/%d/status: Seccomp is %s (%s), with %s filters; the strictest answer counts.":                                                "/proc/%d/status: Seccompは%s(%s)、フィルタは%s個。最も厳しい答えが採用されます。",
			"the process has no label: this kernel runs no AppArmor, so something else stopped it.":                                             "プロセスにラベルがありません。このカーネルではAppArmorが動いていないので、防いだのは別のものです。",
			"/proc/%d/attr/current: unconfined, so something else stopped it.":                                                                  "/proc/%d/attr/current: unconfinedです。防いだのは別のものです。",
			"not possible on this machine: %s":                                                                                                  "このマシンでは不可能です: %s",
			"/proc/%d/root is %s, the host's own: so something else stopped it.":                                                                "/proc/%d/rootは%sで、ホストと同じです。防いだのは別のものです。",
			"/proc/%d/root is %s, and the host's is %s.":                                                                                        "/proc/%d/rootは%s、ホストのものは%sです。",
			"/proc/%d/attr/current: %s.":                                                                                                        "/proc/%d/attr/currentは%sです。",
			"/proc/%d/status: CapEff has no %s. Nor has the CapBnd of workshop itself: it is this machine that lacks it, and no layer took it.": "/proc/%d/status: %sはCapEffにありません。workshop自身のCapBndにもありません。ないのはこのマシンであり、どの層が取り除いたのでもありません。",
		}
	})
}

// The fork bomb.
func init() {
	add(func() map[string]string {
		return map[string]string{
			"%s in the container is told:":                                                     "コンテナの%sへの指示:",
			"No limit at all: %s.":                                                             "制限はまったくありません: %s。",
			"Read back from the kernel before it may explode:":                                 "爆発を許す前に、カーネルから読み戻して確かめました:",
			"pids.max is %s, and the bomb is the only member of its group:":                    "pids.maxは%s。グループにいるのは爆弾だけです:",
			"It competes for CPU time with everybody: pids.max limits processes only.":         "CPU時間をほかのプロセスと奪い合います。pids.maxが制限するのはプロセス数だけです。",
			"It has the lowest priority for the CPUs (nice 19): pids.max does not limit that.": "CPUの優先度は最低(nice 19)です。これはpids.maxでは制限できません。",
			"Everything in it is killed after %g s.":                                           "%g秒後に、中のすべてを殺します。",
			"%4.1fs  pids %3d/%-3s %s  refused %-8d  host fork %s %s":                          "%4.1f秒  pids %3d/%-3s %s  拒否%-8d  ホストのfork %s %s",
			"The bomb said:  %s":                                                               "爆弾の言葉:  %s",
			"HOST FORK":                                                                        "ホストのfork",
			"MEDIAN":                                                                           "中央値",
			"99 OF 100 BELOW":                                                                  "100回中99回はこれ以下",
			"idle":                                                                             "平常時",
			"during the bomb":                                                                  "爆発中",
			"%d processes at most, %d forks refused by pids.max.":                              "プロセスは最大%d個、pids.maxが拒否したforkは%d回。",
			"This shows nothing, for the bomb was too slow: %d processes at most. Give it more time with --for.": "爆弾が遅すぎて、何も示せませんでした。プロセスは最大%d個です。--forで時間を延ばしてください。",
			"This shows nothing, for the bomb ended before its time: %d processes at most.":                      "爆弾が時間より前に終わってしまい、何も示せませんでした。プロセスは最大%d個です。",
			"After %.1f s it was killed by %s.":                                           "%.1f秒後に%sで殺されました。",
			"After %.1f s it ended by itself, with exit code %d.":                         "%.1f秒後にひとりでに終わりました。終了コードは%dです。",
			"The attack was stopped: %s":                                                  "攻撃は防がれました: %s",
			"Nothing but the guard around the run was there to stop it: %s":               "止めたのは、実行全体を囲むガードだけです: %s",
			"Nothing but the clock was there to stop it: %s":                              "止めるものは、時間切れだけでした: %s",
			"After %.1f s everything was killed. Living processes before: %d, after: %d.": "%.1f秒後にすべて殺しました。生きているプロセスは、殺す前が%d個、後が%d個です。",
		}
	})
}

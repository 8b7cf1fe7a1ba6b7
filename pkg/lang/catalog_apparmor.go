package lang

// Workshop apparmor.
func init() {
	add(func() map[string]string {
		return map[string]string{
			"This machine can confine a process.": "このマシンではプロセスを閉じ込められます。",
			"label of process %d":                 "プロセス%dのラベル",
			"policy namespace":                    "ポリシー名前空間",
			"loaded by workshop":                  "workshopが読み込んだもの",
			"only root may see it":                "見られるのはrootだけ",
			"WHAT":                                "内容",
			"FOUND":                               "結果",
			"no record: a deny without audit leaves none":                                                                  "記録はありません。auditのないdenyは記録を残しません",
			"what the profile refused cannot be heard here: %v":                                                            "プロファイルが拒否したことを、ここでは受け取れません: %v",
			"The profile itself keeps a program from starting: it must allow %s, as a rule with rm, or rix to execute it.": "プロファイル自身がプログラムの開始を妨げています。%sを許すルールが必要です。rm、実行するならrixです。",
			"what the profile wrote down; also: dmesg | grep apparmor=":                                                    "プロファイルが残した記録。dmesg | grep apparmor=でも見られる",
			" (%d times)": " (%d回)",
		}
	})
}

// What is missing on this machine.
func init() {
	add(func() map[string]string {
		return map[string]string{
			"the kernel of WSL is built without AppArmor":                                    "WSLのカーネルにはAppArmorが組み込まれていません",
			"this kernel is built without AppArmor":                                          "このカーネルにはAppArmorが組み込まれていません",
			"this kernel has AppArmor, and it is switched off":                               "このカーネルのAppArmorは無効になっています",
			"a machine that has it: make vm, or vagrant up (Debian and Ubuntu come with it)": "AppArmorのあるマシンを使ってください: make vm、またはvagrant up(DebianとUbuntuには最初からあります)",
			"boot with the kernel arguments apparmor=1 security=apparmor":                    "カーネル引数apparmor=1 security=apparmorで起動してください",
			"%s; or %s": "%s。または、%s",
			"the kernel has AppArmor, but this is a container (%s) that does not show %s": "カーネルにAppArmorはありますが、ここはコンテナ(%s)の中で、%sが見えません",
			"run workshop outside of the container, or in a VM: make vm":                  "コンテナの外か、VM(make vm)で実行してください",
			"the kernel has AppArmor, but there is no %s":                                 "カーネルにAppArmorはありますが、%sがありません",
			"the kernel has AppArmor, but openat2 %s fails: %s":                           "カーネルにAppArmorはありますが、openat2 %sが失敗します: %s",
			"Linux 5.8 has both: %s":                                                      "Linux 5.8には両方あります: %s",
			" (%s is not Y)":                                                              " (%sがYではありません)",
			"; the security modules it runs: %s":                                          "。動いているセキュリティモジュール: %s",
		}
	})
}

// The records.
func init() {
	add(func() map[string]string {
		return map[string]string{
			"read":                    "読み取り",
			"write":                   "書き込み",
			"append":                  "追記",
			"create":                  "作成",
			"delete":                  "削除",
			"execute":                 "実行",
			"map as code":             "コードとしてのmap",
			"lock":                    "ロック",
			"link":                    "リンク",
			"refused":                 "拒否:",
			"only noted (complain):":  "記録のみ(complain):",
			"allowed and noted:":      "許可して記録:",
			"killed for":              "次の理由で殺された:",
			"failed:":                 "失敗:",
			"status:":                 "状態:",
			"%s (pid %d): %s %s":      "%s (pid %d): %s %s",
			"capability %s":           "ケーパビリティ%s",
			"signal %s to or from %s": "シグナル%s、相手は%s",
			"mount %s on %s":          "mount %s on %s",
			"%s, to %s":               "%s (%s)",
		}
	})
}

// The comments of the profile, as workshop apparmor explain shows them.
func init() {
	add(func() map[string]string {
		return map[string]string{
			"This line fixes what the rules mean: what they meant in AppArmor 3.0. A newer kernel can control more (user namespaces, io_uring), and would refuse all of it.":                                                "ルールの意味をAppArmor 3.0のときのものに固定する行です。新しいカーネルはもっと多くのもの(ユーザー名前空間、io_uring)を制御でき、この行がなければそれらをすべて拒否します。",
			"The name is the label that ps -Z shows. attach_disconnected: a path that does not lead up to / (its mount is gone) counts as if it began there. mediate_deleted: a file keeps its rules after it was deleted.": "名前は、ps -Zに表示されるラベルです。attach_disconnected: /までたどれないパス(マウントがなくなったもの)を、/から始まるとみなします。mediate_deleted: ファイルは削除された後もルールに従います。",
			"What no rule allows is refused, so whole classes are allowed first. All sockets.":                                                                                                                              "どのルールも許していないものは拒否されます。そこで、まず種類ごとにまとめて許可します。ここではすべてのソケットです。",
			"Every capability that the process has. A profile never adds one.":                                                                                                                                              "プロセスが持つすべてのケーパビリティ。プロファイルが増やすことはありません。",
			"Every file: read, write, link, lock, map, execute.":                                                                                                                                                            "すべてのファイルの読み取り、書き込み、リンク、ロック、map、実行。",
			"umount(2). Mounting is another rule, below.":                                                                                                                                                                   "umount(2)。マウントは別のルールで、下にあります。",
			"Processes outside of every profile may send it signals: its supervisor, you.":                                                                                                                                  "どのプロファイルにも入っていないプロセスは、シグナルを送れます。監視プロセスや、あなたです。",
			"So may the processes of all our containers, as with Docker, where they share one profile. A Go program sends itself SIGURG and needs this.":                                                                    "workshopのすべてのコンテナのプロセスも送れます。全コンテナが1つのプロファイルを共有するDockerでも、同じです。Goのプログラムは自分自身にSIGURGを送るので、これが必要です。",
			"They may trace each other, as strace does, and nobody else.":                                                                                                                                                   "そうしたプロセスどうしはstraceのようにトレースできますが、それ以外はできません。",
			"Now single things are taken away: a deny wins over every allow, wherever it stands. No mount(2), even with CAP_SYS_ADMIN.":                                                                                     "ここからは1つずつ取り上げます。denyはどこに書いても、すべての許可に勝ちます。CAP_SYS_ADMINがあってもmount(2)はできません。",
			"No writing to the files right under /proc, such as /proc/sysrq-trigger.":                                                                                                                                       "/proc/sysrq-triggerなど、/proc直下のファイルには書き込めません。",
			"Nor below it, but for the processes, /proc/NUMBER, and /proc/sys.":                                                                                                                                             "それより下にも書き込めません。プロセスの/proc/NUMBERと/proc/sysは別です。",
			"Of /proc/sys only what begins with k, which is /proc/sys/kernel.":                                                                                                                                              "/proc/sysのうち書けるのはkで始まるもの、つまり/proc/sys/kernelだけです。",
			"Of that shm* should be left. The pattern also leaves names that share one letter in its place, such as sem and threads-max.":                                                                                   "その中で書けるのはshm*だけのはずです。ただしこのパターンでは、semやthreads-maxのように、shmと同じ位置に同じ文字が1つでもある名前にも書けます。",
			"The key that reboots or crashes the machine: not even to be read.":                                                                                                                                             "マシンを再起動したりクラッシュさせたりするスイッチ。読むことさえできません。",
			"The memory of the kernel and of every process: not even to be read.":                                                                                                                                           "カーネルと全プロセスのメモリ。読むことさえできません。",
			"No writing below /sys: most of it is in no namespace, it is the host's own. Five rules spell \"all but /sys/fs/cgr*\", letter by letter: all but /sys/f*,":                                                     "/sysの下には書き込めません。ほとんどはどの名前空間にも属さず、ホスト自身のものだからです。「/sys/fs/cgr*以外のすべて」を、5つのルールで1文字ずつ表します。/sys/f*以外のすべて、",
			"... of those with f all but fs,":    "... fのうちfs以外のすべて、",
			"... of those in fs all but c*,":     "... fsの中のc*以外のすべて、",
			"... all but cg*,":                   "... cg*以外のすべて、",
			"... all but cgr*, which is cgroup.": "... cgr*以外のすべて。cgr*はcgroupのことです。",
			"The firmware's tables and variables: the wrong write bricks a machine.":       "ファームウェアのテーブルと変数。書き間違えるとマシンが起動しなくなります。",
			"The energy meters: how much power is used tells what is computed (PLATYPUS).": "電力計。消費電力から、何を計算しているかが分かってしまいます(PLATYPUS)。",
			"The files through which profiles are loaded and removed.":                     "プロファイルを読み込んだり外したりするためのファイル。",
			"Up to here the rules are docker-default's. This one is the lesson's: a file that whoever owns it may write, chmod and delete, and not read. A deny leaves no trace in the log; audit makes it say so.": "ここまではdocker-defaultのルールです。これはレッスンのためのもので、所有者が書くことも、chmodも、削除もできるのに、読むことだけはできないファイルです。denyはログに何も残しませんが、auditを付けると残します。",
			"The talk's: this program cannot be run, read, mapped, locked, linked or written.":                                                                                                                      "講演のもの。このプログラムは実行も、読み取りも、mapも、ロックも、リンクも、書き込みもできません。",
			"From --apparmor-deny.": "--apparmor-denyによるもの。",
		}
	})
}

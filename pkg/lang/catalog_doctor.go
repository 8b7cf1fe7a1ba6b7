package lang

// What workshop doctor says: cmd/workshop/doctor.go and pkg/doctor.
func init() {
	add(func() map[string]string {
		return map[string]string{
			"ready":             "準備完了",
			"works with limits": "制限付きで動く",
			"cannot here":       "ここでは動かない",
			"needs root":        "rootが必要",
			"All lessons are ready. Begin with: sudo workshop 1":                                     "すべてのレッスンを始められます。最初は: sudo workshop 1",
			"Only root can try everything: sudo workshop doctor":                                     "すべてを試せるのはrootだけです: sudo workshop doctor",
			"%d of %d lessons are ready. What would mend the others stands below, after the arrows.": "%[2]d個のレッスンのうち%[1]d個は準備完了です。残りを動かす方法は、下の→の行です。",

			"What keeps lessons from running": "レッスンが動かない理由",
			"What limits lessons":             "レッスンの制限",
			"Good to know":                    "参考",
			"The machine":                     "このマシン",
			"lesson %s":                       "レッスン%s",
			"lessons %s":                      "レッスン%s",
			"To ask for help, paste what this prints: workshop doctor --paste": "質問するときは、次の出力を貼り付けてください: workshop doctor --paste",
		}
	})
}

// The rows about the machine.
func init() {
	add(func() map[string]string {
		return map[string]string{
			"distribution":                 "OS",
			"inside of":                    "動いている場所",
			"cgroups":                      "cgroup",
			"security modules":             "LSM",
			"AppArmor label":               "AppArmorのラベル",
			"seccomp actions":              "seccomp動作",
			"namespaces":                   "名前空間",
			"user namespaces":              "ユーザー名前空間",
			"capabilities":                 "ケーパビリティ",
			"settings":                     "設定",
			"root filesystems":             "ルートFS",
			"tools":                        "ツール",
			"perl in debian":               "debianのperl",
			"terminal":                     "端末",
			"tried, works":                 "試して動いたもの",
			"nothing that shows: hardware": "何の形跡もなし: 実機",
			"made one: %s":                 "作ってみた結果: %s",
			"this is the inside of one":    "ここはその中です",
			"container":                    "コンテナ",
			"vm":                           "VM",
			"namespace %s":                 "名前空間%s",
			"write to %s":                  "%sへの書き込み",
			"own mounts":                   "専用のマウント",
			"guard cgroup":                 "ガードのcgroup",
			"copy of workshop":             "workshopのコピー",
			"seccomp filter":               "seccompフィルタ",
			"works":                        "動く",
			"not tried":                    "試していない",
			"all that the kernel knows":    "カーネルが知るものすべて",
			"all but %s":                   "%s以外のすべて",
			"built: %s":                    "構築済み: %s",
			"not built: %s":                "未構築: %s",
			"found: %s":                    "あり: %s",
			"not found: %s":                "なし: %s",
			"found":                        "あり",
			"standard output is none":      "標準出力は端末ではない",
			"%s, %d columns":               "%s、%d桁",
			"pids on version %d at %s; our own group is ours to change":                        "pidsはバージョン%dで%sにある。自分のグループは自分で変更できる",
			"pids on version %d at %s; our own group is not delegated to us":                   "pidsはバージョン%dで%sにある。自分のグループは委譲されていない",
			"version 2: one tree with all controllers":                                         "バージョン2: すべてのコントローラを持つ1つのツリー",
			"hybrid: controllers on trees of version 1, and one tree of version 2 beside them": "ハイブリッド: コントローラはバージョン1のツリーにあり、横にバージョン2のツリーが1つある",
			"version 1: a tree for each controller":                                            "バージョン1: コントローラごとに1つのツリー",
			"no cgroup tree is mounted here":                                                   "ここにはcgroupのツリーがマウントされていない",
		}
	})
}

// What is missing.
func init() {
	add(func() map[string]string {
		return map[string]string{
			"there is no /proc, from which everything is read":                                                  "すべての情報源である/procがありません",
			"not root: mounts, cgroups, the overlay and the containers themselves were not tried":               "rootではないため、マウント、cgroup、overlay、コンテナそのものは試していません",
			"a mount namespace of its own: %s":                                                                  "専用のマウント名前空間: %s",
			"no guard cgroup: a run may leave processes behind, and the fork bomb is refused":                   "ガードのcgroupを作れません。実行後にプロセスが残ることがあり、fork爆弾は拒否されます",
			"ptrace: %s: what execve makes of the process is not shown, and trace rules do not work":            "ptrace: %s: execveがプロセスをどう変えるかは表示されず、traceのルールも働きません",
			"no root filesystem is built":                                                                       "ルートファイルシステムが1つもありません",
			"%s: the root of this machine is the kernel's own rootfs (an initramfs), which nothing can replace": "%s: このマシンのルートはカーネル自身のrootfs(initramfs)で、置き換えられません",
			"a new %s namespace: %s":                                                           "新しい%s名前空間: %s",
			"a user namespace: %s":                                                             "ユーザー名前空間: %s",
			"%s: only root can make a user namespace":                                          "%s: ユーザー名前空間を作れるのはrootだけです",
			"no cgroup tree is mounted":                                                        "cgroupのツリーがマウントされていません",
			"this kernel has no pids controller (CONFIG_CGROUP_PIDS)":                          "このカーネルにはpidsコントローラがありません(CONFIG_CGROUP_PIDS)",
			"the pids controller is switched off":                                              "pidsコントローラが無効にされています",
			"no mounted cgroup tree offers the pids controller":                                "マウントされたどのcgroupのツリーにもpidsコントローラがありません",
			"the cgroup tree at %s is mounted read-only":                                       "%sのcgroupのツリーは読み取り専用でマウントされています",
			"a group below %s: %s":                                                             "%sの下のグループ: %s",
			"drop from the bounding set: %s":                                                   "バウンディングセットから外す操作: %s",
			"this machine has none of %s to give or to take away (CapBnd)":                     "このマシンには、与えることも取り上げることもできる%sがありません(CapBnd)",
			"this kernel (%s) has no seccomp action %s":                                        "このカーネル(%s)にはseccompのアクション%sがありません",
			"a transcript %s":                                                                  "実行例について: %s",
			"a transcript needs the root filesystem %s, which is not built":                    "実行例に必要なルートファイルシステム%sがまだ作られていません",
			"a transcript needs the command %s":                                                "実行例にコマンド%sが必要です",
			"the debian root filesystem has no perl, with which the talk builds its container": "debianのルートファイルシステムに、講演でコンテナを作るのに使うperlがありません",
			"its container did not run: %s":                                                    "コンテナが動きませんでした: %s",
		}
	})
}

// And what would mend it.
func init() {
	add(func() map[string]string {
		return map[string]string{
			"%s run --privileged, or outside of the container: %s": "%s run --privileged。またはコンテナの外で: %s",
			"make room: %s": "空きを作る: %s",
			"take kernel.yama.ptrace_scope = 3 out of /etc/sysctl.d and reboot: it cannot be lowered":                                 "/etc/sysctl.dからkernel.yama.ptrace_scope = 3を取り除いて再起動する(値は下げられません)",
			"sudo mount -o remount,rw /, or: export WORKSHOP_ROOTFS=DIR on a writable file system, and sudo -E workshop rootfs build": "sudo mount -o remount,rw /。または、書き込めるファイルシステムのディレクトリをexport WORKSHOP_ROOTFS=DIRで指定して、sudo -E workshop rootfs build",
			"boot from a disk, or %s": "ディスクから起動する、または%s",
			"take cgroup_disable=pids out of the kernel arguments (cat /proc/cmdline) and reboot": "カーネルの引数(cat /proc/cmdline)からcgroup_disable=pidsを取り除いて再起動する",
			"Linux 5.0 has them all: %s":          "Linux 5.0にはすべてあります: %s",
			"see sudo workshop %d -- true, or %s": "sudo workshop %d -- trueを見る、または%s",
		}
	})
}

package lang

// The demos: pkg/demo and workshop demo.
func init() {
	add(func() map[string]string {
		return map[string]string{
			"DEMO":  "デモ",
			"SHOWS": "示すこと",

			"each condition of pivot_root(2), broken once":   "pivot_root(2)の各条件を、わざと1つずつ破る",
			"the root cgroup has no pids.max and gets none":  "ルートcgroupにpids.maxはなく、作れもしない",
			"RLIMIT_NPROC misses who attaches; pids.max not": "RLIMIT_NPROCはattachに効かず、pids.maxは効く",
			"the bounding set bites at the next execve":      "バウンディングセットが効くのはexecveの後",
			"port 80 for a user, by a file capability":       "ファイルケーパビリティで80番ポートを使う",
			"a profile entered at once, and one at execve":   "すぐ入るプロファイルと、execveで入るもの",

			"the demo %s does not work inside of this container: %s": "デモ%sはこのコンテナの中では動きません: %s",
			"its layers are in the way":                              "コンテナの層が妨げています",
			"run it on the host: %s":                                 "ホストで実行してください: %s",
			"nothing is mounted on %s, the new root of its calls":    "呼び出しの新しいルートになる%sに、何もマウントされていません",
			"CAP_SYS_CHROOT is gone already":                         "CAP_SYS_CHROOTはもうありません",
		}
	})
}

// Pivot-conditions.
func init() {
	add(func() map[string]string {
		return map[string]string{
			"pivot_root(2) has conditions. Each is broken once, on purpose: the calls below fail, and should.": "pivot_root(2)には条件があります。それぞれをわざと1回ずつ破ります。以下の呼び出しは失敗するのが正解です。",
			"%s, and not %s as the man page says":                                           "%sです。manページによれば%sのはずでした",
			"new_root and put_old must be directories":                                      "new_rootとput_oldはディレクトリであること",
			"new_root is a file":                                                            "new_rootがファイルだから",
			"new_root must not be on the same mount as the current root":                    "new_rootは、現在のルートと同じマウントの上にないこと",
			"there would be nothing to swap: it is the current root":                        "現在のルート自身とは入れ替えられない",
			"put_old must not be on the same mount as the current root either":              "put_oldも、現在のルートと同じマウントの上にないこと",
			"the old root cannot be put onto itself":                                        "古いルートを自分自身の上には置けない",
			"put_old must be at or underneath new_root":                                     "put_oldはnew_rootそのものか、その下にあること",
			"the old root would land where nobody can reach it":                             "古いルートが、誰も届かない場所に行ってしまう",
			"new_root must be a mount point":                                                "new_rootはマウントポイントであること",
			"an ordinary directory is no mount; bind it to itself and it is one":            "ただのディレクトリはマウントではない。自分自身にbindすればマウントになる",
			"the mounts above new_root and above the current root must not be shared":       "new_rootの親マウントと、現在のルートの親マウントがsharedでないこと",
			"other mount namespaces would see the swap":                                     "ほかのマウント名前空間にも伝わってしまう",
			"put_old, where it is a mount point, must not be shared":                        "put_oldがマウントポイントなら、sharedでないこと",
			"other namespaces would see the old root there":                                 "ほかの名前空間にも古いルートが現れてしまう",
			"the current root must be a mount point":                                        "現在のルートはマウントポイントであること",
			"chroot has made an ordinary directory the root":                                "chrootで、ただのディレクトリがルートになっている",
			"the caller must have CAP_SYS_ADMIN in the user namespace that owns its mounts": "呼び出し元は、マウントを所有するユーザー名前空間でCAP_SYS_ADMINを持つこと",
			"root without this capability is not enough":                                    "これがなければ、rootでも足りない",
			"nothing is broken": "何も破らない",
			"so it succeeds":    "だから成功する",
		}
	})
}

// Root-group.
func init() {
	add(func() map[string]string {
		return map[string]string{
			"a group: it has one": "グループにはある",
			"the root has none":   "ルートにはない",
			"only the kernel may": "作れるのはカーネルだけ",
			"OPEN":                "開くもの",
			"FOR":                 "目的",
			"ANSWER":              "答え",
			"WHY":                 "理由",
			"making":              "作成",
			"writing":             "書込",
			"The root group holds every process that is in no other group, the kernel's own too. A limit on all of them is the machine's: /proc/sys/kernel/pid_max and threads-max.": "ルートのグループには、ほかのどのグループにもいないプロセスがすべて、カーネル自身のものまで入っています。その全部に対する上限は、マシンの上限です: /proc/sys/kernel/pid_maxとthreads-max。",
		}
	})
}

// Bounding-set.
func init() {
	add(func() map[string]string {
		return map[string]string{
			"chroot(2) is called twice: the second call is refused, and should be.": "chroot(2)を2回呼びます。2回目は拒否されるのが正解です。",
			"After execve":          "execveの後",
			"Before execve":         "execveの前",
			"   process %d":         "   プロセス%d",
			"has CAP_SYS_CHROOT":    "CAP_SYS_CHROOTあり",
			"has no CAP_SYS_CHROOT": "CAP_SYS_CHROOTなし",
			"%s: allowed":           "%s: 許可",
			"%s: refused":           "%s: 拒否",
		}
	})
}

// Rlimit.
func init() {
	add(func() map[string]string {
		return map[string]string{
			"A process of user %d sets its own limit to %d processes (RLIMIT_NPROC, ulimit -u) and tries to make %d. It ends what it has made, and stays. Then a second one of the same user comes into the same container, as docker exec does, and tries the same. Threads are counted too, and each of the two has some itself.": "ユーザー%dのプロセスが、自分の上限を%dプロセスに設定し(RLIMIT_NPROC、ulimit -u)、%d個作ろうとします。作ったものは終わらせ、自分は残ります。次に、同じユーザーの2つ目のプロセスがdocker execのように同じコンテナへ入り、同じことを試みます。スレッドも数に入り、どちらのプロセスも初めからいくつか持っています。",
			"RLIMIT_NPROC alone":         "RLIMIT_NPROCだけ",
			"with pids.max %d":           "pids.max %dも設定",
			"THE FIRST PROCESS MADE":     "最初のプロセスが作れた数",
			"THE ONE THAT ATTACHED MADE": "attachしたプロセスが作れた数",
			"%d, then %s":                "%d個、その次は%s",
			"RLIMIT_NPROC was to stop the first process and to miss the second.":                                                     "RLIMIT_NPROCは最初のプロセスを止め、2つ目には効かないはずでした。",
			"pids.max was to stop the second process too.":                                                                           "pids.maxは2つ目のプロセスも止めるはずでした。",
			"A resource limit is inherited from the parent. The parent of the one that attached is outside: it never had the limit.": "リソース制限は親から引き継がれます。attachしたプロセスの親は外にいて、その制限を一度も持っていません。",
			"pids.max belongs to the group. Whoever is in it is counted, wherever it came from.":                                     "pids.maxはグループのものです。どこから来たかに関係なく、中にいるものはすべて数えられます。",
		}
	})
}

// Port80.
func init() {
	add(func() map[string]string {
		return map[string]string{
			"A network namespace of our own, and in it the server as user %d.": "専用のネットワーク名前空間の中で、サーバーをユーザー%dとして動かします。",
			"%d of the %d tries below are refused, on purpose.":                "以下の%[2]d回のうち、わざと拒否されるものが%[1]d回あります。",
			"%s, and not %s": "%sです。%sのはずでした",
			"An ordinary user and an ordinary program":                         "一般ユーザーと、ただのプログラム",
			"a port below 1024 takes CAP_NET_BIND_SERVICE":                     "1024未満のポートにはCAP_NET_BIND_SERVICEが必要",
			"The file has the capability":                                      "ファイルにケーパビリティを付ける",
			"execve gave the process what the file has, and no more":           "execveで、ファイルの持つ分だけがプロセスに与えられた",
			"The same with no_new_privs":                                       "同じファイルを、no_new_privsで",
			"the program starts, and the execve gave it nothing":               "プログラムは始まるが、execveで何も与えられない",
			"The same with the capability dropped from the bounding set":       "同じファイルを、バウンディングセットからケーパビリティを外して",
			"execve refuses: the e of +ep says that it must have it":           "execveが拒否する: +epのeは、持てなければ実行させない",
			"The same on a mount that is nosuid":                               "同じファイルを、nosuidのマウントの上で",
			"on such a mount the file's capabilities do not count":             "nosuidのマウントでは、ファイルのケーパビリティは無視される",
			"No capability at all, and no port is low: what Docker does today": "ケーパビリティは使わず、ポートの下限をなくす: 今のDockerの方法",
			"the limit of 1024 is the network namespace's own":                 "1024という境目は、ネットワーク名前空間ごとの設定",
		}
	})
}

// Apparmor-change.
func init() {
	add(func() map[string]string {
		return map[string]string{
			`write "changeprofile PROFILE" to attr/apparmor/current`:                                                  `attr/apparmor/currentに"changeprofile PROFILE"と書く`,
			`write "exec PROFILE" to attr/apparmor/exec`:                                                              `attr/apparmor/execに"exec PROFILE"と書く`,
			"The code that builds the container still has to mount, and may not any more.":                            "コンテナを組み立てる途中のコードは、まだマウントしなければならないのに、もう許されません。",
			"It builds to the end, and only the program that it executes is confined. So a container takes this one.": "組み立ては最後まで進み、閉じ込められるのは実行したプログラムだけです。だからコンテナにはこちらを使います。",
			"before the write": "書く前",
			"after the write":  "書いた後",
			"after execve":     "execveの後",
			"allowed":          "許可",
			"MOMENT":           "時点",
			"LABEL":            "ラベル",
		}
	})
}

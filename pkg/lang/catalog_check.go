package lang

// What workshop check says: pkg/check and cmd/workshop/check*.go.
func init() {
	add(func() map[string]string {
		return map[string]string{
			"Check %s": "チェック %s",
			"Without a terminal your program did nothing, so it was given one.": "端末がないと動かなかったので、端末を与えて調べました。",
			"The layers of the lessons before, which are not judged:":           "これまでのレッスンの層(判定の対象外):",
			"is there":                                                  "あります",
			"is not all there:":                                         "足りないものがあります:",
			"All %d points hold.":                                       "%d項目すべてを満たしています。",
			"%d of %d points hold.":                                     "満たしているのは%[2]d項目中%[1]d項目です。",
			"Next:":                                                     "次の一手:",
			"The last that your program said:":                          "プログラムの最後の出力:",
			"There is no shell to look at: %s.":                         "調べるべきシェルがありません: %s。",
			"%s: again when %s changes; Ctrl-C ends this.":              "%s: %sが変わるともう一度調べます。Ctrl-Cで終わります。",
			"the container does not let our program be executed":        "コンテナの中でこちらのプログラムを実行できません",
			"the shell does not find our program":                       "シェルからこちらのプログラムが見えません",
			"our program was killed by %s before it could begin":        "こちらのプログラムは始まる前に%sで殺されました",
			"our program stood still inside, and was ended":             "こちらのプログラムは中で動かなくなったので、終わらせました",
			"our program ended with exit code %d before it could begin": "こちらのプログラムは始まる前に終了コード%dで終わりました",
			"There is a new empty cgroup: %s. If your program has made it, take it away with rmdir, or let the program do that.":     "新しい空のcgroupがあります: %s。あなたのプログラムが作ったものなら、rmdirで消すか、プログラムが終わるときに消すようにしてください。",
			"It left processes behind, which were ended: %s.":                                                                        "プロセスが残っていたので終わらせました: %s。",
			"It left mounts behind outside of its container, which went with this run and would stay when you start it by hand: %s.": "コンテナの外にマウントが残りました: %s。今回はチェックとともに消えましたが、手で動かしたときはホストに残ります。",
		}
	})
}

// Lesson 1.
func init() {
	add(func() map[string]string {
		return map[string]string{
			"the shell is a child of your program":                              "シェルがプログラムの子プロセスである",
			"your program waits for it":                                         "プログラムはシェルの終了を待つ",
			"it ends with the shell's exit code":                                "シェルの終了コードで終わる",
			"it ends with 128 + N where signal N ended the shell":               "シェルがシグナルNで終わったら128 + Nで終わる",
			"your program was started once more, and nothing could be seen: %s": "プログラムをもう一度起動しましたが、何も見られませんでした: %s",
			"the program did not end the first time":                            "1回目の起動でプログラムが終わりませんでした",
			"the program has ended":                                             "プログラムが終わりました",
			"nothing happens any more":                                          "もう何も起こりません",
			"the time is over":                                                  "時間切れです",
			"it prints without end":                                             "際限なく出力しています",
			"the shell was killed by signal %d, and your program does not end":  "シェルをシグナル%dで終わらせましたが、プログラムが終わりません",
			"the shell was killed by signal %d, and your program ended with %d": "シェルをシグナル%dで終わらせたところ、プログラムは%dで終わりました",
			"A child that a signal has ended has no exit code, and its status is another one: where WIFSIGNALED(status) holds, end with 128 + WTERMSIG(status). In Perl:\n\texit($? & 127 ? 128 + ($? & 127) : $? >> 8)\nIn Go that is status.Signaled() and status.Signal() of syscall.WaitStatus. In a shell, $? is that already.": "シグナルで終わった子には終了コードがなく、ステータスの形も違います。WIFSIGNALED(status)が真なら、128 + WTERMSIG(status)で終わってください。Perlなら:\n\texit($? & 127 ? 128 + ($? & 127) : $? >> 8)\nGoなら、syscall.WaitStatusのstatus.Signaled()とstatus.Signal()です。シェルの$?は、初めからその値です。",
			"nothing is left: no zombie, no process":                 "ゾンビもプロセスも残らない",
			"process %d was your program, and is the shell now":      "プロセス%dはプログラムでしたが、いまはシェルです",
			"your program is process %d, the shell is process %d":    "プログラムはプロセス%d、シェルはプロセス%dです",
			"there is nobody who could wait":                         "待つ側のプロセスがありません",
			"process %d had ended while the shell was still there":   "シェルがまだ動いているのに、プロセス%dは終わっていました",
			"process %d is there as long as the shell":               "シェルがいる間、プロセス%dもいます",
			"the shell ended with %d, and your program does not end": "シェルは%dで終わりましたが、プログラムは終わりません",
			"the shell ended with %d, and your program with %d":      "シェルは%d、プログラムは%dで終わりました",
			"your program does not end":                              "プログラムが終わりません",
			"every child was waited for":                             "子プロセスはすべてwaitされました",
			"a zombie, which nobody has waited for: %s":              "誰にもwaitされなかったゾンビ: %s",
			"still there after your program's end: %s":               "プログラムが終わっても残っているプロセス: %s",
			"execve(2) replaces the program and keeps the process, so yours is gone. Call fork(2) first, execute the shell in the child, and let the parent wait for it. In a shell script, run the command as it is, without exec before it.":                         "execve(2)はプロセスをそのままに、中のプログラムだけを入れ替えます。ですからあなたのプログラムはもういません。まずfork(2)を呼び、シェルは子で実行し、親はそれを待ってください。シェルスクリプトなら、execを付けずにコマンドをそのまま書きます。",
			"Your program ends before its shell. After fork(2) the parent must call waitpid(2) with the child's pid, which returns when the child has ended. In a shell script, no & at the end of the command.":                                                       "プログラムがシェルより先に終わっています。fork(2)の後、親は子のpidでwaitpid(2)を呼びます。子が終わるとwaitpid(2)が返ります。シェルスクリプトなら、コマンドの最後に&を付けないでください。",
			"Your program is still there 3 seconds after the shell's end. It must end when the child has: waitpid(2) returns then. If it copies the shell's input or output, that must not keep it.":                                                                   "シェルが終わって3秒たっても、プログラムが残っています。子が終わればwaitpid(2)が返るので、そこで終わってください。シェルの入出力を中継しているなら、それが終了を妨げないようにします。",
			"`go run` ends with 1 whatever the program's exit code is. Build it first, and check the program itself:\n\tgo build -o box box.go && workshop check %d -- ./box":                                                                                          "`go run`は、プログラムの終了コードが何であっても1で終わります。先にビルドして、できたプログラムを調べてください:\n\tgo build -o box box.go && workshop check %d -- ./box",
			"waitpid(2) gives a status, and the exit code is a part of it: WEXITSTATUS(status), which is status >> 8 (in Perl: $? >> 8). exit(status) itself gives 0, because only its lowest 8 bits count. In a shell script, straight after the command:\n\texit $?": "waitpid(2)が返すのはステータスで、終了コードはその一部です: WEXITSTATUS(status)、つまりstatus >> 8です(Perlなら$? >> 8)。exit(status)は下位8ビットしか使わないので0になります。シェルスクリプトなら、コマンドの直後にこう書きます:\n\texit $?",
			"Your program was ended by a signal, or gives 128 + N by itself: exit code %d. The shell ended by itself, with %d.":                                                                                                                                        "プログラムがシグナルで終わったか、自分で128 + Nを返しています: 終了コード%d。シェルは自分で%dで終わりました。",
			"Take the exit code from the status of waitpid(2), WEXITSTATUS(status), and end your program with it.":                                                                                                                                                     "waitpid(2)のステータスから終了コードを取り出し(WEXITSTATUS(status))、その値でプログラムを終えてください。",
			"Process %s was started by your program and outlives it. Wait for it, or end it, before you exit.":                                                                                                                                                         "プロセス%sはプログラムが起動したもので、プログラムより長く生きています。終わる前に、待つか終わらせるかしてください。",
			"A child that has ended is a zombie until its parent waits for it. Call waitpid(2) for every child that you have forked.":                                                                                                                                  "終わった子プロセスは、親がwaitするまでゾンビとして残ります。forkした子のすべてについてwaitpid(2)を呼んでください。",
		}
	})
}

// Lesson 2.
func init() {
	add(func() map[string]string {
		return map[string]string{
			"/ is another directory":                                  "/が別のディレクトリである",
			"the working directory is inside":                         "作業ディレクトリが中にある",
			"a file of the host cannot be opened by its name":         "ホストのファイルを名前で開けない",
			"/ of the shell is the host's: %s":                        "シェルの/はホストの/です: %s",
			"/ is %s, and the host's is %s":                           "/は%s、ホストの/は%sです",
			"from it, .. leads to the new root, and not past it":      "そこから..をたどると新しいルートに着き、その先へは出ません",
			"there is no new root that it could be in":                "新しいルートがまだなく、その中にいることになりません",
			"it is %s, as the host names it: outside of the new root": "ホストから見た名前は%sで、新しいルートの外です",
			"the shell has read %s":                                   "シェルは%sを読めました",
			"the shell cannot open %s":                                "シェルは%sを開けません",
			"Process %s has another root, and the shell has not: chroot(2) changes the process that calls it, and what that forks from then on. Call it in the process that executes the shell.":                                                "プロセス%sのルートは変わっていますが、シェルのルートはそのままです。chroot(2)が変えるのは、呼び出したプロセスと、それがその後にforkするプロセスだけです。シェルを実行するプロセスの中で呼んでください。",
			"Nothing has changed the root of the shell. Did pivot_root(2) fail? new_root must be a mount point, so bind it on itself first, and chdir into it after that; and no mount may be shared: mount --make-rprivate / comes before it.": "シェルのルートは変わっていません。pivot_root(2)が失敗していませんか。new_rootはマウントポイントでなければならないので、先に自分自身へbindし、そのあとでchdirします。sharedなマウントがあってもいけません: その前にmount --make-rprivate /が要ります。",
			"Call chroot(2) with $ROOTFS in the child: after fork(2) and before execve(2). In a shell script:\n\tchroot \"$ROOTFS\" /bin/sh":                                                                                                    "子プロセスで、fork(2)の後、execve(2)の前に、$ROOTFSでchroot(2)を呼んでください。シェルスクリプトなら:\n\tchroot \"$ROOTFS\" /bin/sh",
			"chroot(2) changes what / means, and leaves the working directory where it is: outside, and from there every .. is open. Call chdir(\"/\") right after chroot(2).":                                                                  "chroot(2)は/の意味を変えるだけで、作業ディレクトリは元の場所、つまり外のままです。そこからは..でどこへでも行けます。chroot(2)のすぐ後にchdir(\"/\")を呼んでください。",
			"The root is another one, and still %s is there by its name: the host's /run is mounted inside. Leave that mount out.":                                                                                                              "ルートは別のものですが、%sという名前がまだ見えます。ホストの/runが中にマウントされています。そのマウントをやめてください。",
		}
	})
}

// Lesson 3.
func init() {
	add(func() map[string]string {
		return map[string]string{
			"its own mount namespace":                         "自分のマウント名前空間を持つ",
			"no mount of the host in it":                      "その中にホストのマウントがない",
			"its topmost mount covers mounts of the host: %s": "一番上のマウントの下に、ホストのマウントが隠れています: %s",
			"The new root lies on the old one, as mount --move . / leaves it: umount2(\"/\", MNT_DETACH) inside, and the host is there. pivot_root(2) swaps the two, and then the old one can be taken off. In a shell script:\n\tcd \"$ROOTFS\" && pivot_root . . && umount -l . && cd /": "mount --move . /の後のように、新しいルートが古いルートの上に載っているだけです。中でumount2(\"/\", MNT_DETACH)をすれば、ホストが現れます。pivot_root(2)なら2つが入れ替わり、古いほうを外せます。シェルスクリプトなら:\n\tcd \"$ROOTFS\" && pivot_root . . && umount -l . && cd /",
			"nothing that is open leads back to the host":                             "開いているものからホストへ戻れない",
			"no descriptor of the shell does, and neither does its working directory": "シェルのファイルディスクリプタにも作業ディレクトリにも、戻れるものはありません",
			"it does, outside of the root: %s":                                        "ルートの外へ戻れます: %s",
			"the working directory is %s":                                             "作業ディレクトリは%s",
			"descriptor %d is %s":                                                     "ファイルディスクリプタ%dは%s",
			"pivot_root(2) and umount2(2) take the names away, and what is open stays open: by openat(2), fchdir(2) or setns(2) the shell is back on the host. Open such descriptors with O_CLOEXEC, or close all but 0, 1 and 2 before execve(2): close_range(3, ~0U, 0). The working directory must be inside: chdir(\"/\").": "pivot_root(2)とumount2(2)は名前をなくすだけで、開いているものは開いたままです。openat(2)、fchdir(2)、setns(2)でシェルはホストに戻れます。そのようなファイルディスクリプタはO_CLOEXECを付けて開くか、execve(2)の前に0、1、2以外をすべて閉じてください: close_range(3, ~0U, 0)。作業ディレクトリも中でなければなりません: chdir(\"/\")。",
			"the escape from chroot is stopped":                                   "chrootからの脱出が防がれる",
			"its mount table cannot be read: %s":                                  "マウントの一覧を読めません: %s",
			"its table, seen from its top, is: %s":                                "一番上から見たマウントの一覧: %s",
			"its table, seen from its top, has mounts of the host: %s (%d of %d)": "一番上から見ると、ホストのマウントがあります: %s (%[3]d個のうち%[2]d個)",
			"it succeeded: / was %s, and is the host's, %s":                       "成功しました: /は%sから、ホストの/である%sになりました",
			"it succeeded: / was %s, and is %s":                                   "成功しました: /は%sから%sになりました",
			"every call succeeded, and / is still %s: there is nothing above it":  "呼び出しはすべて成功しましたが、/は%sのままです。その上には何もありません",
			"Process %s has its own mount namespace, and the shell has not: a process gets the namespaces of the one that forks it, as they are at that moment. Call unshare(CLONE_NEWNS) before the fork, or in the child.":                                                                                     "プロセス%sは自分のマウント名前空間を持っていますが、シェルは持っていません。プロセスが引き継ぐのは、forkした側のその時点の名前空間です。unshare(CLONE_NEWNS)はforkの前か、子の中で呼んでください。",
			"Call unshare(2) with CLONE_NEWNS in the child before any mount, or give it to clone(2). In a shell script:\n\tunshare --mount COMMAND":                                                                                                                                                              "子プロセスで、マウントする前に、CLONE_NEWNSでunshare(2)を呼ぶか、clone(2)に渡してください。シェルスクリプトなら:\n\tunshare --mount COMMAND",
			"The old root still lies on the new one: pivot_root(\".\", \".\") stacks them, and the old one is the upper. Take it away straight after: umount2(\".\", MNT_DETACH), then chdir(\"/\"). In a shell script:\n\tpivot_root . . && umount -l . && cd /":                                                "古いルートが新しいルートの上に載ったままです。pivot_root(\".\", \".\")は2つを重ね、古いほうが上になります。すぐ後に外してください: umount2(\".\", MNT_DETACH)、そしてchdir(\"/\")です。シェルスクリプトなら:\n\tpivot_root . . && umount -l . && cd /",
			"The top of its mount namespace is still the host's root, and the shell only has another one below it, as chroot(2) makes it. Swap them with pivot_root(2), and then take the old one away: umount2(OLD, MNT_DETACH). In a shell script:\n\tcd \"$ROOTFS\" && pivot_root . . && umount -l . && cd /": "マウント名前空間の一番上はまだホストのルートで、シェルはchroot(2)のようにその下のディレクトリをルートにしているだけです。pivot_root(2)で入れ替えてから、古いほうを外してください: umount2(OLD, MNT_DETACH)。シェルスクリプトなら:\n\tcd \"$ROOTFS\" && pivot_root . . && umount -l . && cd /",
			"The host's root is mounted on %s: pivot_root(2) has put it there, or it was bound there. Leave the bind out, or go to / and take it away: umount2(%q, MNT_DETACH). In a shell script:\n\tcd / && umount -l %s":                                                                                      "ホストのルートが%sにマウントされています。pivot_root(2)がそこへ移したか、そこにbindされたものです。bindをやめるか、/へ移ってから外してください: umount2(%q, MNT_DETACH)。シェルスクリプトなら:\n\tcd / && umount -l %s",
			"These mounts came from the host: unmount them inside, or do not bind them: %s.": "ホストから来たマウントがあります。中でアンマウントするか、bindするのをやめてください: %s。",
		}
	})
}

// Lesson 4.
func init() {
	add(func() map[string]string {
		return map[string]string{
			"its own pid namespace":                                            "自分のPID名前空間を持つ",
			"its own uts namespace (host name)":                                "自分のUTS名前空間(ホスト名)を持つ",
			"its own ipc namespace":                                            "自分のIPC名前空間を持つ",
			"its own network namespace":                                        "自分のネットワーク名前空間を持つ",
			"/proc shows that pid namespace":                                   "/procがそのPID名前空間を映す",
			"a process of the host cannot be found":                            "ホストのプロセスが見つからない",
			"it was found as process %s":                                       "プロセス%sとして見つかりました",
			"the host is open to it, with its processes: %s":                   "ホストが開いていて、そのプロセスも見えます: %s",
			"it ends when your program is killed":                              "プログラムがkillされると一緒に終わる",
			"your program was killed by signal 9, and the shell ended with it": "プログラムをシグナル9で終わらせたところ、シェルも終わりました",
			"your program was killed by signal 9, and the shell went on":       "プログラムをシグナル9で終わらせても、シェルは動き続けました",
			"Nobody can react to SIGKILL, so ask the kernel before: prctl(PR_SET_PDEATHSIG, SIGKILL) in the child, after the fork, sends it that signal when its parent ends; in Go that is Pdeathsig of SysProcAttr. With process 1 of a pid namespace all others in it end. Each process between your program and the shell needs it. In a shell script:\n\tsetpriv --pdeathsig KILL unshare --pid --fork --kill-child ...": "SIGKILLを受けてから何かすることはできないので、先にカーネルに頼んでおきます。子でforkの後にprctl(PR_SET_PDEATHSIG, SIGKILL)を呼ぶと、親が終わったときにそのシグナルが届きます。GoではSysProcAttrのPdeathsigです。PID名前空間のPID 1が終われば、中のほかのプロセスもすべて終わります。プログラムとシェルの間にいるプロセスのそれぞれに必要です。シェルスクリプトなら:\n\tsetpriv --pdeathsig KILL unshare --pid --fork --kill-child ...",
			"it is none of the %s processes in /proc":                                      "/procにある%s個のプロセスの中にはいません",
			"its pid is not known":                                                         "pidが分かりません",
			"nothing is mounted on /proc inside":                                           "中の/procには何もマウントされていません",
			"/proc inside has no process %s, which the shell is":                           "シェルはプロセス%sですが、中の/procにそれがいません",
			"/proc inside shows another pid namespace: the one of who mounted it":          "中の/procが映しているのは別のPID名前空間、マウントしたプロセスのものです",
			"/proc inside shows the pid namespace of the shell, which is process %s of %d": "中の/procはシェルのPID名前空間を映しています。シェルはその中のプロセス%sで、全部で%d個です",
			"the kernel does not show ns/%s of the shell":                                  "カーネルがシェルのns/%sを見せません",
			"ns/%s is %s: the one that your program was started in":                        "ns/%sは%sで、プログラムが起動されたときと同じものです",
			"ns/%s is %s, and outside it is %s":                                            "ns/%sは%s、外では%sです",
			"Process %s has its own %s namespace, and the shell has not: call unshare(2) before the fork, or in the child itself.":              "プロセス%sは自分の%s名前空間を持っていますが、シェルは持っていません。unshare(2)はforkの前か、子自身の中で呼んでください。",
			"Add %s to the flags of unshare(2) or clone(2): each kind of namespace has a flag of its own. In a shell script:\n\tunshare %s ...": "unshare(2)かclone(2)のフラグに%sを加えてください。名前空間の種類ごとにフラグがあります。シェルスクリプトなら:\n\tunshare %s ...",
			"Process %s has called unshare(CLONE_NEWPID) and is still in the old pid namespace itself, its ns/pid_for_children is another one: unshare(2) does not move its caller, only the children that it forks afterwards. So fork once more, and execute the shell in that child. In a shell script:\n\tunshare --pid --fork ...": "プロセス%sはunshare(CLONE_NEWPID)を呼びましたが、自分はまだ元のPID名前空間にいて、ns/pid_for_childrenだけが別のものになっています。unshare(2)は呼び出した本人を移しません。新しい名前空間に入るのは、その後にforkされる子だけです。ですからもう一度forkして、その子でシェルを実行してください。シェルスクリプトなら:\n\tunshare --pid --fork ...",
			"Add CLONE_NEWPID to the flags of clone(2). With unshare(2) fork once more after it: it does not move its caller. In a shell script:\n\tunshare --pid --fork ...":                                                                                                                                                           "clone(2)のフラグにCLONE_NEWPIDを加えてください。unshare(2)を使うなら、その後にもう一度forkします。呼び出した本人は移らないからです。シェルスクリプトなら:\n\tunshare --pid --fork ...",
			"%s; but it is mounted in the mount namespace that your program was started in": "%s。ただし、プログラムが起動されたときのマウント名前空間にマウントされています",
			"Without a mount namespace of its own the child changes the host's mounts: started by hand, your program would put this /proc on the host. Add CLONE_NEWNS to the flags, as in lesson 3. In a shell script:\n\tunshare --mount ...":                                        "自分のマウント名前空間がないと、子はホストのマウントを変えてしまいます。手で動かせば、この/procがホストにマウントされます。レッスン3のように、フラグにCLONE_NEWNSを加えてください。シェルスクリプトなら:\n\tunshare --mount ...",
			"Mount a new one: mount(\"proc\", \"/proc\", \"proc\", 0, NULL). A proc filesystem shows the pid namespace of the process that mounts it, so this is for the child inside: after the fork into the new pid namespace, and before execve(2). Do not bind the host's /proc.": "新しくマウントしてください: mount(\"proc\", \"/proc\", \"proc\", 0, NULL)。procファイルシステムが映すのは、マウントしたプロセスのPID名前空間です。ですから、新しいPID名前空間へforkした後、execve(2)の前に、中の子プロセスがマウントします。ホストの/procをbindしないでください。",
		}
	})
}

// Lesson 5.
func init() {
	add(func() map[string]string {
		return map[string]string{
			"a cgroup of its own":                                     "自分のcgroupにいる",
			"pids.max is between 1 and 128":                           "pids.maxが1から128の間である",
			"a fork past the limit fails":                             "上限を超えるforkは失敗する",
			"its group cannot be read: %s":                            "cgroupを読めません: %s",
			"it is in %s: the root group, which has no limit":         "%sにいます。ルートグループなので上限がありません",
			"it is in %s: the group that your program was started in": "%sにいます。プログラムが起動されたときのグループのままです",
			"it is in %s":           "%sにいます",
			"pids.max of %s is max": "%sのpids.maxはmaxです",
			"pids.max of %s is %d":  "%sのpids.maxは%dです",
			"there is no limit but the one of this check, which is %d":       "上限はこのチェック自身のもの(%d)だけです",
			"not tried: without a limit it would be a fork bomb":             "試していません。上限がなければfork爆弾になってしまいます",
			"not tried: the limit read otherwise when it was read once more": "試していません。読み直すと上限が変わっていました",
			"%s were made, and then %s; pids.events counts %d refused":       "%s個できたところで%sになりました。pids.eventsによると%d回拒否されています",
			"pids.events counts %d forks that the kernel refused":            "pids.eventsによると、カーネルはforkを%d回拒否しました",
			"%s processes were made at the same time":                        "%s個のプロセスを同時に作れました",
			"Process %s is in a group of its own, and the shell is not: a process is born in its parent's group, and moving the parent later does not move the child. Write the shell's pid into cgroup.procs, or your own before the fork.": "プロセス%sは自分のグループにいますが、シェルはいません。プロセスは親のグループで生まれ、後から親を移しても子は移りません。シェルのpidをcgroup.procsへ書くか、forkの前に自分のpidを書いてください。",
			"There is a new group, %s, and the shell is not in it. If your program has made it, write the shell's pid into cgroup.procs there (in the child, 0 means the process that writes), before execve(2).":                            "新しいグループ%sがありますが、シェルはその中にいません。あなたのプログラムが作ったものなら、execve(2)の前に、そこのcgroup.procsへシェルのpidを書いてください(子の中で書くなら、0が書いたプロセス自身です)。",
			"Make a directory in the cgroup tree that has the pids controller, write the limit into its pids.max, and then the child's pid into its cgroup.procs, before execve(2). workshop cgroups shows where the tree is.":               "pidsコントローラのあるcgroupツリーにディレクトリを作り、pids.maxへ上限を書き、それからexecve(2)の前にcgroup.procsへ子のpidを書いてください。ツリーの場所はworkshop cgroupsで分かります。",
			"The shell is in %s, and nothing was written into pids.max there. Write a number, such as 32, before the shell's pid goes into cgroup.procs: into the same group.":                                                               "シェルは%sにいますが、そこのpids.maxには何も書かれていません。シェルのpidをcgroup.procsへ書く前に、同じグループへ32などの数を書いてください。",
			"With a limit of %d the shell cannot fork at all: it is in the group itself, and counts. 32 is plenty for a shell.":                                                                                                              "上限が%dでは、シェルはまったくforkできません。シェル自身もグループの中で数えられるからです。シェルなら32で十分です。",
			"not tried: the shell cannot fork at all, for %d are in the group, and %d is its limit":                                                                                                                                          "試していません。グループに%dプロセスがいて、上限が%dなので、シェルはまったくforkできません",
			"A limit of %d is too high for this lesson: 32 is plenty for a shell.":                                                                                                                                                           "%dという上限はこのレッスンには大きすぎます。シェルには32で十分です。",
		}
	})
}

// Lesson 6.
func init() {
	add(func() map[string]string {
		return map[string]string{
			"CAP_SYS_TIME is gone":           "CAP_SYS_TIMEがない",
			"CAP_SYS_CHROOT is gone":         "CAP_SYS_CHROOTがない",
			"the clock cannot be set":        "時計を合わせられない",
			"a second chroot is refused":     "2度目のchrootが拒否される",
			"%s of the shell still have it":  "シェルの%sにまだあります",
			"%s of the shell are without it": "シェルの%sにありません",
			"Another process of yours has given %s up, and the shell has not: each process has its own sets, and a child copies them at the fork. Drop it in the process that executes the shell, or before the fork.":                                                           "別のプロセスは%sを捨てていますが、シェルは捨てていません。セットはプロセスごとにあり、子はforkのときにそれを写し取ります。シェルを実行するプロセスの中か、forkの前に外してください。",
			"%s is in the inheritable set, and from there it comes back at execve(2). Clear CapInh and CapAmb too: capset(2), prctl(PR_CAP_AMBIENT_CLEAR_ALL).":                                                                                                                  "%sが継承可能セットにあるので、execve(2)でそこから戻ってきます。CapInhとCapAmbも空にしてください: capset(2)、prctl(PR_CAP_AMBIENT_CLEAR_ALL)。",
			"The bounding set is without %s, but the shell holds it: the set bounds what execve(2) gives, and takes away nothing that is held. Drop it before execve(2), and from the permitted and effective sets as well: capset(2).":                                          "バウンディングセットに%sはありませんが、シェルは持っています。このセットはexecve(2)で得られるものを限るだけで、いま持っているものは取り上げません。execve(2)の前に外し、許可セットと実効セットからも外してください: capset(2)。",
			"At execve(2) root is given all that is in the bounding set, so a capability that was only dropped from CapEff and CapPrm comes back. Drop %s from the bounding set, before execve(2): prctl(PR_CAPBSET_DROP). In a shell script:\n\tsetpriv --bounding-set -%s ...": "rootはexecve(2)で、バウンディングセットにあるものをすべて得ます。ですから、CapEffとCapPrmから外しただけのケーパビリティは戻ってきます。execve(2)の前に、%sをバウンディングセットから外してください: prctl(PR_CAPBSET_DROP)。シェルスクリプトなら:\n\tsetpriv --bounding-set -%s ...",
			"The shell does not hold %s now, and the bounding set still has it: a program with a file capability, or a set-user-ID program, would bring it back. Drop it there too: prctl(PR_CAPBSET_DROP).":                                                                     "シェルはいま%sを持っていませんが、バウンディングセットには残っています。ファイルケーパビリティやset-user-IDの付いたプログラムを実行すれば戻ってきます。そこからも外してください: prctl(PR_CAPBSET_DROP)。",
		}
	})
}

// Lesson 7.
func init() {
	add(func() map[string]string {
		return map[string]string{
			"a seccomp filter":                         "seccompフィルタがある",
			"mkdir is refused":                         "mkdirが拒否される",
			"mkdirat is refused":                       "mkdiratが拒否される",
			"the shell runs on":                        "シェルは動き続ける",
			"a call of another ABI is no way around":   "別のABIの呼び出しが抜け道にならない",
			"Seccomp of the shell is %s (%s)":          "シェルのSeccompは%s(%s)です",
			"this architecture has mkdirat alone":      "このアーキテクチャにあるのはmkdiratだけです",
			"it answers after the attacks":             "攻撃の後も答えます",
			"it answers; there was no attack":          "応答します。攻撃はしていません",
			"the time was over before it could answer": "応答する前に時間切れになりました",
			"Give it more time, with --timeout.":       "--timeoutで時間を延ばしてください。",
			"The attack is a program on a tmpfs, which is mounted inside for a moment, on one of these directories: %s. Make one of them in your root filesystem, and let it be a place where something can be mounted.":                                                                            "攻撃するプログラムはtmpfsに置かれ、そのtmpfsが一時的に中の次のディレクトリのどれかにマウントされます: %s。ルートファイルシステムにそのどれかを作り、マウントできるようにしてください。",
			"The attack is made by a Go program, and your filter ends it before it begins. Allow what every Go program calls, as for any program that may run inside: %s.":                                                                                                                          "攻撃するのはGoのプログラムですが、始まる前にフィルタに終わらされています。中で動くプログラムに要る呼び出しとして、Goのプログラムがどれも呼ぶものを許可してください: %s。",
			"The attack is made by a Go program, which has several threads. SECCOMP_RET_KILL_THREAD, which is 0, ends the one that makes the call, and the others wait for it: return SECCOMP_RET_KILL_PROCESS. And allow what every Go program calls, as for any program that may run inside: %s.": "攻撃するのは、スレッドがいくつもあるGoのプログラムです。SECCOMP_RET_KILL_THREAD(値は0)が終わらせるのは呼び出したスレッドだけで、ほかのスレッドはそれを待ち続けます。SECCOMP_RET_KILL_PROCESSを返してください。そのうえで、中で動くプログラムに要る呼び出しとして、Goのプログラムがどれも呼ぶものを許可してください: %s。",
			"it gave no answer after the attacks":                   "攻撃の後、答えがありませんでした",
			"this architecture's code cannot switch to another ABI": "このアーキテクチャのコードは別のABIに切り替えられません",
			"make a directory by the older of the two calls":        "2つあるうち古いほうの呼び出しでディレクトリを作る",
			"Process %s has a filter, and the shell has not: a filter is for the process that loads it, and what it forks afterwards. Load it in the child, last before execve(2).":                                                                                               "プロセス%sにはフィルタがありますが、シェルにはありません。フィルタは、読み込んだプロセスと、それがその後にforkするプロセスのものです。子の中で、execve(2)の直前に読み込んでください。",
			"Load a filter in the child, last before execve(2): prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) or seccomp(2). Without CAP_SYS_ADMIN, prctl(PR_SET_NO_NEW_PRIVS, 1) must come first, else it is EACCES.":                                                     "子の中で、execve(2)の直前にフィルタを読み込んでください: prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program)かseccomp(2)です。CAP_SYS_ADMINがないなら、先にprctl(PR_SET_NO_NEW_PRIVS, 1)が要ります。なければEACCESになります。",
			"The filter refuses mkdir and lets mkdirat through, which does the same: many programs call that one. Refuse both: 83 and 258 on amd64, 34 on arm64.":                                                                                                                 "フィルタはmkdirを拒否しますが、同じことをするmkdiratは通します。そちらを呼ぶプログラムは多くあります。両方を拒否してください: amd64では83と258、arm64では34です。",
			"The filter refuses mkdirat and lets mkdir through, which x86 still has: the shell's own mkdir calls it. Refuse both: 83 and 258 on amd64.":                                                                                                                           "フィルタはmkdiratを拒否しますが、x86にまだあるmkdirは通します。シェルから使うmkdirコマンドはそちらを呼びます。両方を拒否してください: amd64では83と258です。",
			"There is a filter, and it lets both through. Does it compare the number at offset 0 of struct seccomp_data (offset 4 is the architecture), and does the jump lead where it should? The return value is SECCOMP_RET_KILL_PROCESS, or SECCOMP_RET_ERRNO | EPERM.":      "フィルタはありますが、どちらも通しています。struct seccomp_dataのオフセット0にある番号を比べていますか(オフセット4はアーキテクチャです)。ジャンプの先は正しいですか。返す値はSECCOMP_RET_KILL_PROCESSか、SECCOMP_RET_ERRNO | EPERMです。",
			"The filter must end the process that makes the call, and nobody else. A filter that refuses by default needs all that a shell calls: clone, execve, wait4, read, write, ...":                                                                                         "フィルタが終わらせるのは、その呼び出しをしたプロセスだけにしてください。デフォルトで拒否するフィルタなら、シェルの呼ぶものをすべて許す必要があります: clone、execve、wait4、read、writeなど。",
			"On amd64 the instruction int 0x80 makes a 32-bit call, with numbers of its own: mkdir is 39 there, which is getpid here. Let the filter look at the architecture first (offset 4 of struct seccomp_data): if it is not AUDIT_ARCH_X86_64, SECCOMP_RET_KILL_PROCESS.": "amd64では、int 0x80という命令で32ビットの呼び出しができ、番号も別です。mkdirはそちらでは39番で、こちらの39番はgetpidです。フィルタではまずアーキテクチャ(struct seccomp_dataのオフセット4)を見て、AUDIT_ARCH_X86_64でなければSECCOMP_RET_KILL_PROCESSにしてください。",
			"On amd64 a call whose number has the bit 0x40000000 is one of the ABI x32, of the same architecture: 0x40000053 is mkdir too. Let the filter kill for each number from 0x40000000 up: jump if it is greater or equal, code 0x35.":                                    "amd64では、番号に0x40000000のビットが立った呼び出しはx32というABIのもので、アーキテクチャは同じです。0x40000053もmkdirです。0x40000000以上の番号はすべてkillするようにしてください(「以上ならジャンプ」はコード0x35です)。",
		}
	})
}

// Lesson 8.
func init() {
	add(func() map[string]string {
		return map[string]string{
			"an enforcing profile":                                   "enforceモードのプロファイルに入っている",
			"it may write a diary, and not read it":                  "diaryというファイルを書けるが読めない",
			"the process has no label: this kernel runs no AppArmor": "プロセスにラベルがありません。このカーネルではAppArmorが動いていません",
			"the label of the shell is %s":                           "シェルのラベルは%sです",
			"it may not even be written: %s":                         "書くことさえできません: %s",
			"The profile %s is in complain mode: it writes down what it would refuse, and lets it happen, but for what a rule with deny names. Take flags=(complain) out of the profile, and load it again:\n\tapparmor_parser -r FILE":                                                                                                    "プロファイル%sはcomplainモードです。denyの付いたルールのほかは、拒否するはずのものを記録するだけで通してしまいます。プロファイルからflags=(complain)を外して、読み込み直してください:\n\tapparmor_parser -r FILE",
			"Process %s is confined, and the shell is not: the label is entered by the process that writes to its own attr file. Write \"exec NAME\" in the child, before execve(2).":                                                                                                                                                      "プロセス%sは閉じ込められていますが、シェルは違います。ラベルが付くのは、自分のattrファイルへ書いたプロセスです。子の中で、execve(2)の前に\"exec NAME\"を書いてください。",
			"The profile is loaded at best, and the shell has not entered it. Load it (apparmor_parser -r FILE), and write \"exec NAME\" into /proc/thread-self/attr/apparmor/exec, in the process that will execute the shell and before execve(2), while the host's /proc is still there. In a shell script:\n\taa-exec -p NAME COMMAND": "プロファイルは読み込まれているとしても、シェルはその中に入っていません。読み込んで(apparmor_parser -r FILE)、シェルを実行するプロセスの中で、ホストの/procがまだ見えるうちに、execve(2)の前に、/proc/thread-self/attr/apparmor/execへ\"exec NAME\"を書いてください。シェルスクリプトなら:\n\taa-exec -p NAME COMMAND",
			"The profile allows reading it. A rule with deny counts more than every rule that allows: deny /**/diary r, with the comma. Load the profile again after the change:\n\tapparmor_parser -r FILE":                                                                                                                               "プロファイルは読むことを許しています。denyの付いたルールは、許すどのルールよりも強く効きます: deny /**/diary r, (最後のコンマも要ります)。変えた後は読み込み直してください:\n\tapparmor_parser -r FILE",
			"The profile must allow that the file is written: file, (or a rule for /tmp/** rw,), and deny reading alone: deny /**/diary r,":                                                                                                                                                                                                "プロファイルは書くことを許す必要があります: file, (または/tmp/** rw,のようなルール)。拒否するのは読むことだけです: deny /**/diary r,",
		}
	})
}

// How an attack went.
func init() {
	add(func() map[string]string {
		return map[string]string{
			"the attack could not be made: %s":                          "攻撃を試せませんでした: %s",
			"the attack was not made: the shell did not live to see it": "攻撃を試せませんでした。その前にシェルが終わりました",
			"it succeeded: %s":                                          "成功しました: %s",
			"something else was in the way: %s":                         "別のものに妨げられました: %s",
			"%s; but by what was observed it cannot succeed":            "%s。ただし、観察した状態からして成功しえません",
			"who tried it was killed by %s":                             "試みたプロセスは%sで殺されました",
		}
	})
}

// What a program without a shell looks like.
func init() {
	add(func() map[string]string {
		return map[string]string{
			"%s cannot be executed: %s": "%sを実行できません: %s",
			"A script's first line must say what executes it, such as #!/bin/sh or #!/usr/bin/perl; or say it here:\n\tworkshop check %d -- sh %s": "スクリプトの1行目には、#!/bin/shや#!/usr/bin/perlのように、何で実行するかを書きます。あるいはここで指定してください:\n\tworkshop check %d -- sh %s",
			"It is a directory. Name the program in it.":                                                                          "ディレクトリです。中のプログラムを指定してください。",
			"It is not executable. Make it so:\n\tchmod +x %s":                                                                    "実行権がありません。付けてください:\n\tchmod +x %s",
			"It is the source of a program. Build that, and check it:\n\t%s -o %s %s && workshop check %d -- %s":                  "これはプログラムのソースです。ビルドして、できたプログラムを調べてください:\n\t%s -o %s %s && workshop check %d -- %s",
			"The file is there, and what its first line names is not: look at the #! line, and for a carriage return at its end.": "ファイルはありますが、1行目に書かれたものがありません。#!の行を見て、行末に余計なCR(\\r)がないか確かめてください。",
			"%s is not found": "%sが見つかりません",
			"A program of this directory is named with its path:\n\t%s":                                                                                                "このディレクトリのプログラムは、パスを付けて指定します:\n\t%s",
			"A program of this directory is named with its path, and must be executable:\n\tchmod +x %s\n\tworkshop check %d -- %s":                                    "このディレクトリのプログラムは、パスを付けて指定します。実行できるようにもしてください:\n\tchmod +x %s\n\tworkshop check %d -- %s",
			"No directory of PATH has a program of that name; sudo has a PATH of its own. Give the path: ./box.sh, /home/me/box":                                       "PATHのどのディレクトリにもその名前のプログラムがありません。sudoのPATHは別です。パスで指定してください: ./box.sh、/home/me/boxなど",
			"There is no such file. Is it the right directory?":                                                                                                        "そのファイルがありません。ディレクトリは合っていますか。",
			"a shell answers, and it is no descendant of your program: somebody else has started it":                                                                   "シェルは答えましたが、プログラムの子孫ではなく、別の誰かが起動したものです",
			"A client of a daemon, as docker is, has nothing to do with the container's processes. What is judged here is a program that builds the container itself.": "dockerのようなデーモンのクライアントは、コンテナのプロセスと親子関係がありません。ここで判定するのは、自分でコンテナを組み立てるプログラムです。",
			"your program wants a terminal": "プログラムが端末を求めています",
			"The script comes through a pipe. Hand standard input on as it is: no setsid, no pty, no check for a terminal.":                    "スクリプトはパイプから来ます。標準入力をそのまま渡してください。setsidもptyも、端末かどうかの確認も要りません。",
			"your program printed %d bytes, and no shell answered":                                                                             "プログラムは%dバイトを出力しましたが、シェルは答えませんでした",
			"It prints in a loop. Only the shell's output belongs on standard output; what your program has to say belongs on standard error.": "出力がループしています。標準出力はシェルの出力のためのものです。プログラム自身の言葉は標準エラーへ出してください。",
			"your program ended with exit code %d, and no shell had answered":                                                                  "シェルが答えないまま、プログラムが終了コード%dで終わりました",
			"pivot_root(2) gives EINVAL where new_root is no mount point (bind it on itself, and chdir into it after that), or where a mount is shared (make all private before it). In a shell script:\n\tmount --make-rprivate / && mount --bind \"$ROOTFS\" \"$ROOTFS\" && cd \"$ROOTFS\"":                       "pivot_root(2)は、new_rootがマウントポイントでないとき(自分自身にbindマウントし、そのあとでchdirする)と、マウントが共有されているとき(先にすべてprivateにする)にEINVALを返します。シェルスクリプトでは:\n\tmount --make-rprivate / && mount --bind \"$ROOTFS\" \"$ROOTFS\" && cd \"$ROOTFS\"",
			"A fork that fails with ENOMEM is one into a pid namespace whose process 1 has ended. After unshare(CLONE_NEWPID) the first child is process 1: fork once, let that child do all the rest, and execute the shell in it. In a shell script:\n\tunshare --pid --fork ...":                                 "forkがENOMEMで失敗するのは、PID 1が終わってしまったPID名前空間へforkしようとしたときです。unshare(CLONE_NEWPID)の後の最初の子がPID 1になります。一度だけforkして、残りはすべてその子に任せ、その中でシェルを実行してください。シェルスクリプトなら:\n\tunshare --pid --fork ...",
			"pivot_root(2) gives EBUSY where new_root is on the mount of the old root: bind it on itself first, and chdir into it after that. A working directory from before is still the one under the new mount. In a shell script:\n\tmount --bind \"$ROOTFS\" \"$ROOTFS\" && cd \"$ROOTFS\" && pivot_root . .": "pivot_root(2)は、new_rootが元のルートと同じマウントにあるときにEBUSYを返します。先に自分自身にbindマウントし、そのあとでchdirしてください。マウントより前からのカレントディレクトリは、新しいマウントの下に隠れた元のディレクトリのままです。シェルスクリプトでは:\n\tmount --bind \"$ROOTFS\" \"$ROOTFS\" && cd \"$ROOTFS\" && pivot_root . .",
			"Your program has ended, and a child of it lives on and does not read the script. Wait for the child, and let it have your standard input.":                                                                                                                                                             "プログラムは終わりましたが、その子が生き残っていて、スクリプトを読みません。子を待ち、標準入力を子に渡してください。",
			"It ended and said nothing. Does it come as far as execve(2) of /bin/sh? An execve that fails returns: print its errno. Or has the shell read an empty standard input? It must inherit descriptor 0: in Go, cmd.Stdin = os.Stdin; in a shell script a command that ends with & has /dev/null there.":    "何も言わずに終わりました。/bin/shのexecve(2)まで進んでいますか。execveは失敗したときだけ返ってくるので、そのerrnoを表示してください。あるいは、シェルの標準入力が空だったのかもしれません。ファイルディスクリプタ0を引き継がせてください。Goならcmd.Stdin = os.Stdinです。シェルスクリプトで&を付けたコマンドでは、それが/dev/nullになります。",
			"It was killed by signal %d, or says so. See what it does with:\n\t%s": "シグナル%dで殺されたか、そういう終了コードを返しています。何をしているかは、こうして見られます:\n\t%s",
			"The filter refuses too much: execve(2) itself must pass it, and all that a shell calls when it starts. Look at the jumps: each counts the instructions that are skipped. The last calls before the end:\n\t%s":                                                                                                                           "フィルタが拒みすぎています。execve(2)そのものも、シェルが起動のときに呼ぶものも、すべてフィルタを通らなければなりません。ジャンプを見直してください。どれも、飛ばす命令の数です。終わる直前の呼び出しは、こうして見られます:\n\t%s",
			"Who has no CAP_SYS_ADMIN may load a filter only with no_new_privs: prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) first.":                                                                                                                                                                                                                        "CAP_SYS_ADMINがなければ、no_new_privsなしにフィルタを読み込むことはできません。先にprctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)を呼んでください。",
			"The kernel does not take the filter: it must end with a return (0x06), no jump may lead past its end, and the number of instructions must be right. prctl(2) gets the address of struct sock_fprog: that number (16 bits), and at offset 8 the address of the first. Or it was PR_SET_NO_NEW_PRIVS, which wants 1 and then three zeros.": "カーネルがフィルタを受け取りません。最後はreturn (0x06)でなければならず、ジャンプは終わりを越えてはならず、命令の数も正しくなければなりません。prctl(2)に渡すのはstruct sock_fprogのアドレスです。中身は、その数(16ビット)と、オフセット8にある先頭の命令のアドレスです。あるいは、PR_SET_NO_NEW_PRIVSの引数かもしれません。1の後に0が3つ要ります。",
			"The root filesystem has no bash: execute /bin/sh. The command chroot takes what $SHELL names where it is given no command.":                                                                                                                                                                                                              "ルートファイルシステムにbashはありません。/bin/shを実行してください。コマンドchrootは、実行するコマンドを渡さないと、$SHELLにあるものを使います。",
			"What it said is below. Run it by hand in the same way:\n\t%s":                                                          "プログラムの出力は下にあります。同じように手で動かしてみてください:\n\t%s",
			"your program runs, and has started no shell":                                                                           "プログラムは動いていますが、シェルを起動していません",
			"there is a shell, process %s, and it does not execute what comes through your program's standard input; its own is %s": "シェルはプロセス%sにいますが、プログラムの標準入力から来るものを実行しません。シェルの標準入力は%sです",
			"The shell must inherit descriptor 0 from your program: do not redirect it, and do not read from it yourself. In a shell script a command that ends with & has /dev/null there.":                                                         "シェルはファイルディスクリプタ0をプログラムから引き継がなければなりません。リダイレクトせず、自分で読むこともしないでください。シェルスクリプトで&を付けたコマンドでは、それが/dev/nullになります。",
			"there is a shell, process %s, and what it prints does not come to your program's standard output; its own is %s":                                                                                                                        "シェルはプロセス%sにいますが、その出力がプログラムの標準出力に出てきません。シェルの標準出力は%sです",
			"The shell must inherit descriptor 1 from your program: do not redirect or capture its output. In Python: no capture_output and no stdout=PIPE; in Perl: system, and no backquotes; in Go: cmd.Stdout = os.Stdout, and Run, not Output.": "シェルはファイルディスクリプタ1をプログラムから引き継がなければなりません。出力をリダイレクトしたり、受け取ったりしないでください。Pythonならcapture_outputやstdout=PIPEを使わず、Perlならバッククォートでなくsystemを使い、Goならcmd.Stdout = os.Stdoutとして、OutputでなくRunを呼びます。",
			"your program runs, and none of its children is a shell that waits for input: %s":                                                                                                                                                        "プログラムは動いていますが、子孫の中に入力を待つシェルがいません: %s",
			"nothing happened for %v: %s": "%vの間、何も起きませんでした: %s",
			"If it only needs longer: a quarter of --timeout is how long nothing may happen.":                                               "時間がかかるだけなら、--timeoutを延ばしてください。その4分の1の間は、何も起きなくても待ちます。",
			"Start what the arguments name, and /bin/sh where there are none. If that is done: is the shell a name that is not known here?": "引数で指定されたもの、なければ/bin/shを起動してください。そうしているなら、そのシェルの名前をこのチェックが知らないのかもしれません。",
			"It has no child at all. fork(2), and execute /bin/sh in the child. Or does it read the script from standard input itself?":     "子プロセスがまったくいません。fork(2)して、子で/bin/shを実行してください。それとも、標準入力のスクリプトを自分で読んでしまっていませんか。",
			"no shell answered in the time that there is: %s":                                                                               "制限時間のうちにシェルが答えませんでした: %s",
			"closed": "閉じています",
		}
	})
}

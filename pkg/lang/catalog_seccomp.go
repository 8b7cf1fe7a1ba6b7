package lang

// Workshop seccomp.
func init() {
	add(func() map[string]string {
		return map[string]string{
			"your own rule, %s, forbids write: the command can print nothing": "自分で書いたルール %s がwriteを禁じているので、コマンドは何も表示できません",
			"a container with %s":      "%sを使うコンテナ",
			"process %d":               "プロセス%d",
			"Docker's default profile": "Dockerのデフォルトプロファイル",
			"i386, by int 0x80":        "i386(int 0x80)",
			"32-bit ARM":               "32ビットARM",
			"no filter":                "フィルタなし",
			"Seccomp filters":          "seccompフィルタ",
			"Of %s.":                   "対象: %s。",
			"There is no filter: every call reaches the kernel.": "フィルタはありません。どの呼び出しもカーネルに届きます。",
			"Filter %d of %d":                             "フィルタ%d/%d",
			"  %d instructions, for each call":            "  %d命令、呼び出しのたびに実行",
			"  too long to read here: see it with --code": "  ここで読むには長すぎます。--codeで表示できます",
			"Together":                        "全体として",
			"calls newer than this table: %s": "この表より新しい呼び出し: %s",
			"calls through %s: %s":            "%s経由の呼び出し: %s",
			"%s: a hole":                      "%s。これは穴",
			"The profile allows what no table here knows, so it stays forbidden: %s":                   "プロファイルが許していても、ここの表にないので禁止のままです: %s",
			"what the filters wrote down cannot be heard here: %v":                                     "フィルタの記録をここでは受け取れません: %v",
			"what the kernel wrote down about the filters":                                             "フィルタについてカーネルが残した記録",
			"what the kernel wrote down about filters, of this run or of another process in its login": "フィルタについてカーネルが残した記録(この実行、または同じログインの別のプロセス)",
			"%s.":                                  "%s。",
			"%s (process %d) called %s":            "%s(プロセス%d)が%sを呼び出した",
			"%s through the ABI %s":                "%s(ABI: %s)",
			"%s has no %s: the kernel writes none": "%sに%sがないので、カーネルは記録しません",
			"auditd writes them to %s; also: ausearch -m SECCOMP":                             "auditdが%sに書きます。ausearch -m SECCOMPでも見られます",
			"no auditd is here, so they go to the kernel's log; also: dmesg | grep type=1326": "auditdがなく、記録はカーネルのログへ。dmesg | grep type=1326でも見られます",
		}
	})
}

// What becomes of a call.
func init() {
	add(func() map[string]string {
		return map[string]string{
			"kill the process":                         "プロセスを殺す",
			"kill the thread":                          "スレッドを殺す",
			"send SIGSYS, which the program may catch": "SIGSYSを送る。プログラムは捕捉できる",
			"fail with %s":                             "%sで失敗させる",
			"ask the supervisor":                       "監視プロセスに尋ねる",
			"tell the tracer":                          "トレーサに知らせる",
			"make the call, and write a record":        "呼び出しを通し、記録を残す",
			"make the call":                            "呼び出しを通す",
			", or ":                                    "、または",
			"%s: it depends on the arguments":          "%s(引数による)",
		}
	})
}

// The comments beside the instructions of a filter.
func init() {
	add(func() map[string]string {
		return map[string]string{
			"load %s":                               "%sを読み込む",
			"go on at %d":                           "%dへ進む",
			"keep these bits of it":                 "このビットだけを残す",
			"the number of the call":                "呼び出し番号",
			"the ABI that the call comes through":   "呼び出しが通ってきたABI",
			"the instruction pointer":               "命令ポインタ",
			"argument %d, the high 32 bits":         "引数%dの上位32ビット",
			"argument %d, the low 32 bits":          "引数%dの下位32ビット",
			"is it %s?":                             "%sか?",
			"is it greater than %s?":                "%sより大きいか?",
			"is it at least %s?":                    "%s以上か?",
			"has it any of the bits %s?":            "ビット%sのどれかがあるか?",
			"is it one of x32, amd64's second ABI?": "x32(amd64の第2のABI)のものか?",
			"yes: %d":                               "はい: %d",
			"no: %d":                                "いいえ: %d",
		}
	})
}

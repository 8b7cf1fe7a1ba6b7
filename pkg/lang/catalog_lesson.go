package lang

func init() {
	add(func() map[string]string {
		return map[string]string{
			"Lesson %d · %s": "レッスン%d · %s",
			"%d minutes":     "%d分",

			"Try it first. Then, one by one: workshop hint %d": "まず自分で試してください。ヒントは1つずつ見られます: workshop hint %d",
			"The answers, and why: workshop quiz %d":           "答えと解説: workshop quiz %d",
			"Right.":                                           "正解です。",
			"%d is not right. This is:":                        "%dは不正解です。正解はこれです:",
			"Enter: go on":                                     "Enter: 次へ",
			"Enter: run it":                                    "Enter: 実行",
			"Enter: more":                                      "Enter: 続き",
			"1-%d: your answer    Enter: the answer":           "1-%d: 回答    Enter: 答えを見る",
			"b: back    q: leave":                              "b: 戻る    q: 終了",
		}
	})
}

// The commands hint, quiz, progress, reset and list, and the tour.
func init() {
	add(func() map[string]string {
		return map[string]string{
			"%d lessons":        "%dレッスン",
			"%d/%d min":         "%d/%d分",
			"%d/%d · %d/%d min": "%d/%d · %d/%d分",

			"Hint %d of %d":                   "ヒント%d/%d",
			"%[2]d more: workshop hint %[1]d": "あと%[2]d個: workshop hint %[1]d",
			"That was the last hint.":         "ヒントはこれで全部です。",
			"That was the last hint. Once the check has passed: workshop solution %d": "ヒントはこれで全部です。チェックに合格したら: workshop solution %d",

			"%d questions":                  "%d問",
			"%d of %d are right":            "%[2]d問中%[1]d問が正解です",
			"1-%d: your answer    q: leave": "1-%d: 回答    q: 終了",
			"Answer them, with a number for each: workshop quiz %d --answer %s": "番号で答えてください: workshop quiz %d --answer %s",

			"SEEN":   "観察",
			"PASSED": "合格",
			"TRIES":  "試行",
			"HINTS":  "ヒント",
			"QUIZ":   "クイズ",

			"✓ passed   ~ tried   . watched": "✓ 合格   ~ 挑戦中   . 観察済み",

			"Every exercise is passed": "すべての演習に合格しました",
			"Lesson %[1]d cannot run here, for this kernel has no AppArmor. To read it: workshop read %[1]d": "このカーネルにはAppArmorがないので、レッスン%[1]dはここでは動きません。読むには: workshop read %[1]d",
			"Every exercise that can run here is passed":                                                     "ここで動く演習にはすべて合格しました",
			"Next: sudo workshop %d":                            "次はこれです: sudo workshop %d",
			"Next, the exercise: workshop start %d":             "次は演習です: workshop start %d",
			"Lesson %d is forgotten":                            "レッスン%dの記録を消しました",
			"All lessons are forgotten":                         "すべての記録を消しました",
			"Forget all that you have done?    y: yes    n: no": "すべての記録を消しますか?    y: はい    n: いいえ",
		}
	})
}

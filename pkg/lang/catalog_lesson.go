package lang

func init() {
	add(map[string]string{
		"Lesson %d · %s": "レッスン%d · %s",
		"%d minutes":     "%d分",

		"Try it first. Then, one by one: workshop hint %d": "まず自分で試してください。ヒントは一つずつ見られます: workshop hint %d",
		"The answers, and why: workshop quiz %d":           "答えと解説: workshop quiz %d",
		"%d is right":                                      "正解です: %d",
		"%d is wrong":                                      "不正解です: %d",
		"Enter: go on":                                     "Enter: 次へ",
		"Enter: run it":                                    "Enter: 実行",
		"1-%d: your answer    Enter: the answer":           "1-%d: 回答    Enter: 答えを見る",
		"b: back    q: leave":                              "b: 戻る    q: 終了",
	})
}

package lang

// The tour: pkg/lesson.
func init() {
	add(func() map[string]string {
		return map[string]string{
			"exit code 77":                                      "終了コード77",
			"its output is not what the lesson says":            "出力がレッスンの内容と違います",
			"it did not end within the time limit":              "制限時間内に終わりませんでした",
			"its exit code is %d, and not %d":                   "終了コードは%dです。%dのはずでした",
			"the shell ended there":                             "シェルがそこで終わりました",
			"not played here: %v":                               "ここでは実行しません: %v",
			"the lesson holds: it failed with %d, as it should": "レッスンのとおりです: 期待どおり%dで失敗しました",
			"the lesson holds: every line is as it says":        "レッスンのとおりです: どの行も一致しました",
			"... and more":                                      "... 以下省略",
			"What came of it":                                   "結果",
			"%s not played here: %v":                            "%s ここでは実行しませんでした: %v",
			"%s: does not hold":                                 "%s: レッスンのとおりになりません",
			"%d of the %d transcripts that were played hold":    "実行した%[2]d個の実行例のうち、%[1]d個がレッスンのとおりでした",
			"lesson %d, line %s:":                               "レッスン%d、%s行目:",
			"slides, line %s:":                                  "スライド、%s行目:",
			"slides, lines %s:":                                 "スライド、%s行目:",
			"lesson %d, lines %s:":                              "レッスン%d、%s行目:",
			"needs %s: %w":                                      "%sが必要です: %w",
			"needs %s: %w; %s":                                  "%sが必要です: %w。%s",
			"play it in the VM: make vm, or vagrant up":         "VMで実行してください: make vm、またはvagrant up",
			"play it on %s":                                     "%sで実行してください",
			"install %s":                                        "%sをインストールしてください",
			"the pids controller is on version %d, at %s":       "pidsコントローラはバージョン%d、場所は%s",
			"this is %s":                                        "ここは%s",
		}
	})
}

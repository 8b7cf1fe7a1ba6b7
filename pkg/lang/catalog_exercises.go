package lang

func init() {
	add(func() map[string]string {
		return map[string]string{
			"The task stands at the top of each file. Choose one of them.":                                    "課題は各ファイルの先頭に書いてあります。どれか1つを選んでください。",
			"They begin where the solution of lesson %d ends. Your own program of lesson %d will do as well.": "内容はレッスン%dの解答の続きです。自分で書いたレッスン%dのプログラムから続けてもかまいません。",
			"To have it judged:":                         "判定するには:",
			"To be in it yourself, and to get help:":     "自分で中に入るときと、ヒントを見るとき:",
			"The check of lesson %d has not passed yet.": "レッスン%dのチェックにまだ合格していません。",
			"another solution, to compare":               "別の解答。自分のものと比べられます",
			"the questions of this lesson":               "このレッスンのクイズ",
			"the next lesson":                            "次のレッスン",
			"the next lesson, which cannot run here":     "次のレッスン。ここでは動きません",
			"the next hint":                              "次のヒント",
			"the solution all the same":                  "それでも解答を見る",
		}
	})
}

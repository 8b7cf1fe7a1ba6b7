package lang

// The last lesson: pkg/matrix, workshop matrix, and what lesson 9 says.
func init() {
	add(func() map[string]string {
		return map[string]string{
			"no new layer: all of them, and every attack against each": "新しい層はなし。すべての層と、それぞれに対するすべての攻撃",
			"without the layer %s: %s":                                 "層%sなしで動かします: %s",
			"read a file of the host by its name":                      "ホストのファイルを名前で読む",

			"Lesson %d adds no step, so there is no source of one. Read instead:": "レッスン%dは何も加えないので、表示するソースはありません。代わりに次を読んでください。",
			"and the other steps: together they are the container":                "ほかのステップも。合わせたものがコンテナです",
			"the order in which the child takes them, with its reasons":           "子プロセスがステップを踏む順序と、その理由",
			"how an attack is measured against each layer":                        "攻撃を層ごとに測る仕組み",

			// the table
			"The matrix": "マトリクス",
			"What each attack tries: workshop attack":        "それぞれの攻撃が試すこと: workshop attack",
			"every attack against every layer, measured now": "すべての攻撃 × すべての層(いま測定)",
			"one layer alone":  "1層だけ",
			"all but this one": "この層以外すべて",
			"none":             "なし",
			"all":              "全層",
			"stopped":          "防いだ",
			"went through":     "通り抜けた",
			"went through, not this layer's business": "通り抜けた(この層の担当ではない)",
			"shows nothing":     "判定できない",
			"not possible here": "このマシンでは試せない",

			// what is below it
			"%s: not possible here: %s.":                                                   "%s: このマシンでは試せません: %s。",
			"%s: %s was made to stop it, and nothing shows whether it does: %s.":           "%s: 防ぐはずの層は%sですが、防げるかどうかは分かりません: %s。",
			"%s: nothing shows whether all layers together stop it: %s.":                   "%s: すべての層を重ねて防げるかどうかは分かりません: %s。",
			"not even tried: %s":                                                           "試せてもいません: %s",
			"%s: %s was made to stop it, and alone it did not: %s.":                        "%s: 防ぐはずの層%sだけでは防げませんでした: %s。",
			"%s: all layers together did not stop it: %s.":                                 "%s: すべての層を重ねても防げませんでした: %s。",
			"%s: it did not even succeed without any layer, so its row shows nothing: %s.": "%s: 層が1つもなくても成功しないので、この行からは何も言えません: %s。",
			"it went through":                               "通り抜けました",
			"Only %s stops it: %s.":                         "%sだけが防いでいるもの: %s。",
			"1 attack":                                      "攻撃1件",
			"%d attacks":                                    "攻撃%d件",
			"; the best single layer, %s, stops %d":         "。最も強い1層(%s)で防げるのは%d件",
			"; %s stops %d":                                 "。%sで防げるのは%d件",
			"; in %s not one could be tried":                "。%sの中では1件も試せませんでした",
			"; %s stops %d of %d that could be tried in it": "。%[1]sで防げるのは、試せた%[3]d件のうち%[2]d件",
			"%s: shows nothing: %s.":                        "%s: 判定できません: %s。",
			"; all together stop %d.":                       "。全層で防げるのは%d件です。",
			".":                                             "。",
			"Goes through, because the container keeps the capability: %s.": "コンテナに残したケーパビリティで通り抜けるもの: %s。",
			"Goes through, because this machine has no %s: %s.":             "このマシンには%sがないので通り抜けるもの: %s。",
			"Goes through, because %s is not among the layers: %s.":         "%sが層に入っていないので通り抜けるもの: %s。",
			"Goes through, because %s is not as in the lessons here: %s.":   "%sがレッスンどおりには効いていないので通り抜けるもの: %s。",
		}
	})
}

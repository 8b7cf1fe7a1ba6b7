package lang

func init() {
	add(func() map[string]string {
		return map[string]string{
			"Enter: on    b: back    n: notes    q: leave": "Enter: 次へ    b: 戻る    n: ノート    q: 終了",
			"r: run it": "r: 実行",
		}
	})
}

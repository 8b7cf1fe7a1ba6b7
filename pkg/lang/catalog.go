package lang

import (
	"maps"
	"sync"
)

// The terms. Words of the kernel and its man pages stay as they are where
// Japanese engineers say them so: chroot, pivot_root, cgroup, seccomp, AppArmor,
// execve, errno, inode, pids.max, and the names of all calls, files and fields.
//
//	attack              攻撃 (succeeded: 攻撃は成功しました; stopped: 攻撃は防がれました)
//	bounding set        バウンディングセット
//	capability          ケーパビリティ (a set of them: セット; drop: 外す)
//	confine             閉じ込める
//	container           コンテナ
//	descriptor          ファイルディスクリプタ
//	filter              フィルタ
//	fork bomb           fork爆弾
//	group (of a cgroup) グループ
//	guard               ガード: the cgroup around every run
//	host                ホスト
//	inherit             引き継ぐ
//	interface           インターフェース
//	label               ラベル
//	layer               層
//	lesson              レッスン
//	mount               マウント
//	namespace           名前空間
//	observe, watch      観察する
//	process             プロセス
//	process 1           PID 1
//	profile             プロファイル
//	root directory      ルートディレクトリ
//	root filesystem     ルートファイルシステム
//	refuse              拒否する
//	rule                ルール
//	supervisor          監視プロセス
//	step                ステップ
//	system call         システムコール
//	transcript          実行例
//	working directory   作業ディレクトリ
//
// Explanations are です・ます. What stands beside a name in a table or after a
// field, and is no sentence, ends in a noun or a plain verb and has no 。.
// Full-width 、 and 。, half-width letters, digits, brackets and colons; no space
// between Japanese and Latin text.

// catalog has the Japanese for each English text. It is made when it is first
// needed: each start of the program, and of a container's child, would pay for it.
var catalog = sync.OnceValue(func() map[string]string {
	all := map[string]string{}
	for _, texts := range parts {
		maps.Copy(all, texts())
	}
	return all
})

// parts are what the files of the catalog add to it. Each part of the program has
// a file of its own, catalog_NAME.go.
var parts []func() map[string]string

// add is called by the init functions of these files.
func add(texts func() map[string]string) { parts = append(parts, texts) }

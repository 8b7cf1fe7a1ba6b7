package lang

import "maps"

// catalog has the Japanese for each English text. Each part of the program has
// a file of its own, catalog_NAME.go, which adds to it.
var catalog = map[string]string{}

// add is called by the init functions of the catalog's files.
func add(texts map[string]string) { maps.Copy(catalog, texts) }

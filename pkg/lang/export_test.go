package lang

// Has tells whether the catalog has a text.
func Has(english string) bool { return catalog()[english] != "" }

// Catalog is all of it.
func Catalog() map[string]string { return catalog() }

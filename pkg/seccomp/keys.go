package seccomp

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"unicode"

	docker "github.com/moby/profiles/seccomp"

	"github.com/how-to-be-a-container/workshop/pkg/nearest"
)

// notes are keys with a text for people; the last two are Podman's, beside the numbers.
var notes = []string{"comment", "errno", "defaultErrno"}

// checkKeys refuses a key that Docker's loader would drop, and what it limits with it:
// without its "args" a rule is for every call.
func checkKeys(body []byte) error {
	var file any
	if err := json.Unmarshal(body, &file); err != nil {
		return err
	}
	return knownKeys("", file, reflect.TypeFor[docker.Seccomp]())
}

// knownKeys looks at a value that was read into a type already.
func knownKeys(at string, value any, t reflect.Type) error {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch value := value.(type) {
	case []any:
		for i, v := range value {
			if err := knownKeys(fmt.Sprintf("%s[%d]", at, i), v, t.Elem()); err != nil {
				return err
			}
		}
	case map[string]any:
		return knownFields(at, value, t)
	}
	return nil
}

func knownFields(at string, object map[string]any, t reflect.Type) error {
	fields := jsonFields(t)
	for _, key := range slices.Sorted(maps.Keys(object)) {
		field, known := fieldOf(fields, key)
		switch {
		case known:
			if err := knownKeys(strings.TrimPrefix(at+"."+key, "."), object[key], field); err != nil {
				return err
			}
		case !isNote(key, object[key]):
			err := noKey(key, fields)
			if at != "" {
				err = fmt.Errorf("%s: %w", at, err)
			}
			return err
		}
	}
	return nil
}

// jsonFields gives the keys of a struct, those of embedded ones too.
func jsonFields(t reflect.Type) map[string]reflect.Type {
	fields := make(map[string]reflect.Type)
	for _, f := range reflect.VisibleFields(t) {
		if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" {
			fields[name] = f.Type
		}
	}
	return fields
}

// fieldOf finds a key as encoding/json does: in whatever case it is written.
func fieldOf(fields map[string]reflect.Type, key string) (reflect.Type, bool) {
	for name, t := range fields {
		if strings.EqualFold(name, key) {
			return t, true
		}
	}
	return nil, false
}

// isNote tells whether a key is for people alone: "$schema" and "//" are too.
func isNote(key string, value any) bool {
	_, text := value.(string)
	return text && slices.Contains(notes, key) ||
		strings.IndexFunc(key, unicode.IsLetter) != 0
}

// noKey says what there is in its place.
func noKey(key string, fields map[string]reflect.Type) error {
	names := append(slices.Collect(maps.Keys(fields)), "comment")
	slices.Sort(names)
	hint := nearest.Hint(key, names)
	if hint == "" {
		hint = "; the keys here are " + strings.Join(slices.Compact(names), ", ")
	}
	return fmt.Errorf("no key %q%s", key, hint)
}

// wrongKind says what stands in the wrong place, in the words of the file: in Go's they
// are structs.
func wrongKind(wrong *json.UnmarshalTypeError) error {
	profile := reflect.TypeFor[docker.Seccomp]()
	path, t := jsonPath(profile, wrong.Field)
	what, must := fmt.Sprintf("%q", path), jsonKinds[wrong.Type.Kind()]
	switch {
	case path == "" && wrong.Type == profile:
		what = "a profile"
	case path == "": // the one key that reads itself
		what, must = `"minKernel"`, `a string, such as "5.10"`
	case t.Kind() == reflect.Slice && wrong.Type.Kind() != reflect.Slice:
		what = "each of " + what
	}
	return errors.New(what + " must be " + must + ", and not " + jsonValue(wrong.Value))
}

// jsonPath leaves out the structs that Go has embedded, and gives the type at the end.
func jsonPath(t reflect.Type, field string) (string, reflect.Type) {
	var path []string
	for _, name := range strings.Split(field, ".") {
		for t.Kind() == reflect.Slice || t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		if f, ok := jsonFields(t)[name]; ok {
			t, path = f, append(path, name)
		}
	}
	return strings.Join(path, "."), t
}

var jsonKinds = map[reflect.Kind]string{
	reflect.String: "a string", reflect.Slice: "an array, [...]", reflect.Struct: "an object, {...}",
	reflect.Uint: "a whole number from 0 up", reflect.Uint64: "a whole number from 0 up",
}

// jsonValue gives encoding/json's word for a value its article.
func jsonValue(word string) string {
	switch {
	case word == "bool":
		return "true or false"
	case strings.HasPrefix(word, "number "):
		return "the " + word
	case word == "array" || word == "object":
		return "an " + word
	}
	return "a " + word
}

package payload

import (
	"reflect"
	"slices"
	"strings"
	"sync"
)

// field is a struct field as encoding/json sees it.
type field struct {
	name      string
	index     []int
	tagged    bool
	omitEmpty bool
	omitZero  bool
	quoted    bool // the option "string"
}

// of returns the field's value in v; false if an embedded pointer on the way
// is nil.
func (f field) of(v reflect.Value) (reflect.Value, bool) {
	for i, x := range f.index {
		if i > 0 && v.Kind() == reflect.Pointer {
			if v.IsNil() {
				return reflect.Value{}, false
			}
			v = v.Elem()
		}
		v = v.Field(x)
	}
	return v, true
}

// fieldCache holds []field by reflect.Type: a type's fields never change.
var fieldCache sync.Map

func fieldsOf(t reflect.Type) []field {
	if f, ok := fieldCache.Load(t); ok {
		return f.([]field)
	}
	f, _ := fieldCache.LoadOrStore(t, dominant(collect(t, nil, nil)))
	return f.([]field)
}

// collect lists the exported fields of t and of the structs it embeds.
func collect(t reflect.Type, index []int, above []reflect.Type) []field {
	if slices.Contains(above, t) {
		return nil
	}
	above = append(slices.Clip(above), t)
	var out []field
	for i := range t.NumField() {
		sf := t.Field(i)
		name, opts, _ := strings.Cut(sf.Tag.Get("json"), ",")
		if name == "-" && opts == "" && !strings.HasSuffix(sf.Tag.Get("json"), ",") {
			continue
		}
		at := append(slices.Clone(index), i)
		ft := sf.Type
		if ft.Kind() == reflect.Pointer {
			ft = ft.Elem()
		}
		if sf.Anonymous && name == "" && ft.Kind() == reflect.Struct {
			out = append(out, collect(ft, at, above)...)
			continue
		}
		if !sf.IsExported() {
			continue
		}
		f := field{name: name, index: at, tagged: name != ""}
		if name == "" {
			f.name = sf.Name
		}
		for opt := range strings.SplitSeq(opts, ",") {
			f.omitEmpty = f.omitEmpty || opt == "omitempty"
			f.omitZero = f.omitZero || opt == "omitzero"
			f.quoted = f.quoted || opt == "string"
		}
		out = append(out, f)
	}
	return out
}

// dominant applies Go's rule for promoted fields of one name: the least
// nested wins, then the tagged one, and a tie hides them all.
func dominant(all []field) []field {
	byName := map[string][]field{}
	for _, f := range all {
		byName[f.name] = append(byName[f.name], f)
	}
	var out []field
	for _, group := range byName {
		slices.SortStableFunc(group, func(a, b field) int {
			if d := len(a.index) - len(b.index); d != 0 {
				return d
			}
			switch {
			case a.tagged == b.tagged:
				return 0
			case a.tagged:
				return -1
			}
			return 1
		})
		if len(group) > 1 && len(group[0].index) == len(group[1].index) && group[0].tagged == group[1].tagged {
			continue
		}
		out = append(out, group[0])
	}
	slices.SortFunc(out, func(a, b field) int { return slices.Compare(a.index, b.index) })
	return out
}

func isEmpty(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Array, reflect.Map, reflect.Slice, reflect.String:
		return v.Len() == 0
	case reflect.Struct:
		return false
	}
	return v.IsZero()
}

func isZero(v reflect.Value) bool {
	if v.CanInterface() && v.Type().Implements(zeroerType) {
		if v.Kind() == reflect.Pointer && v.IsNil() {
			return true
		}
		return v.Interface().(interface{ IsZero() bool }).IsZero()
	}
	return v.IsZero()
}

var zeroerType = reflect.TypeFor[interface{ IsZero() bool }]()

func isScalar(k reflect.Kind) bool {
	return k >= reflect.Bool && k <= reflect.Float64 || k == reflect.String
}

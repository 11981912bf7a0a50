package payload

import (
	"bytes"
	"encoding"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

const (
	maxDepth   = 64     // deeper is a cycle through values, or nothing people read
	maxMapKeys = 10_000 // keys are sorted: bound what is sorted
	maxBytes   = 4 << 10
	overString = 256 // what a text may still take once the work limit is reached
)

// Encode writes v as JSON: as encoding/json would (same tags, sorted map keys)
// except that HTML is not escaped, errors are written as their text, long
// []byte as their size, and what cannot be written as a note in brackets.
//
// work bounds the effort in bytes of output: beyond it, arrays and maps end
// and texts are cut short, while the remaining fields of structs still get
// their place, so that a threshold after a huge list is not lost. The cuts'
// pointers start with at.
//
// Encode reads v on the caller's goroutine and keeps nothing of it.
func Encode(v any, work int, at string) (text []byte, cuts []Cut) {
	e := encoder{work: work, at: at}
	defer func() {
		if r := recover(); r != nil { // a value that changes while we read it
			text, cuts = quote(nil, fmt.Sprintf("[not recorded: %v]", r)), nil
		}
	}()
	e.value(reflect.ValueOf(v))
	return e.buf, e.cuts
}

type encoder struct {
	buf   []byte
	work  int
	at    string
	path  []step
	above []visit
	cuts  []Cut
}

// step is a place on the way to the current value, only turned into a
// pointer when something is cut there.
type step struct {
	key   string
	index int // -1: key counts
}

type visit struct {
	ptr uintptr
	typ reflect.Type
	len int
}

func (e *encoder) over() bool { return len(e.buf) > e.work }

func (e *encoder) note(format string, args ...any) {
	e.buf = quote(e.buf, "["+fmt.Sprintf(format, args...)+"]")
}

func (e *encoder) cut(kept, of int) {
	var b strings.Builder
	b.WriteString(e.at)
	for _, s := range e.path {
		b.WriteByte('/')
		if s.index >= 0 {
			b.WriteString(strconv.Itoa(s.index))
		} else {
			b.WriteString(pointerEscaper.Replace(s.key))
		}
	}
	e.cuts = addCut(e.cuts, Cut{At: b.String(), Kept: kept, Of: of})
}

var pointerEscaper = strings.NewReplacer("~", "~0", "/", "~1")

func (e *encoder) value(v reflect.Value) {
	if !v.IsValid() {
		e.buf = append(e.buf, "null"...)
		return
	}
	if e.special(v) {
		return
	}
	switch v.Kind() {
	case reflect.Bool:
		e.buf = strconv.AppendBool(e.buf, v.Bool())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		e.buf = strconv.AppendInt(e.buf, v.Int(), 10)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		e.buf = strconv.AppendUint(e.buf, v.Uint(), 10)
	case reflect.Float32:
		e.float(v.Float(), 32)
	case reflect.Float64:
		e.float(v.Float(), 64)
	case reflect.String:
		if v.Type() == numberType && json.Valid([]byte(v.String())) {
			e.buf = append(e.buf, v.String()...)
			return
		}
		e.text(v.String())
	case reflect.Interface, reflect.Pointer, reflect.Map, reflect.Slice, reflect.Array, reflect.Struct:
		e.container(v)
	default: // chan, func, complex, unsafe.Pointer
		e.note("%s", v.Type())
	}
}

// special handles values that say themselves how they are written.
func (e *encoder) special(v reflect.Value) bool {
	t := v.Type()
	if t.PkgPath() == "" && t.Name() != "" && t.Kind() != reflect.Interface {
		return false // predeclared types have no methods
	}
	if t.Kind() != reflect.Interface && !speaks(t) {
		// A pointer method is used when the value can be addressed, as in
		// encoding/json.
		if t.Kind() == reflect.Pointer || !v.CanAddr() || !speaks(reflect.PointerTo(t)) {
			return false
		}
		v = v.Addr()
	}
	if !v.CanInterface() || (v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface) && v.IsNil() {
		return false
	}
	switch m := v.Interface().(type) {
	case json.Marshaler:
		e.own(m.MarshalJSON)
	case encoding.TextMarshaler:
		e.own(func() ([]byte, error) {
			b, err := m.MarshalText()
			return quote(nil, string(b)), err
		})
	case error:
		e.own(func() ([]byte, error) { return quote(nil, m.Error()), nil })
	default:
		return false
	}
	return true
}

var (
	marshalerType     = reflect.TypeFor[json.Marshaler]()
	textMarshalerType = reflect.TypeFor[encoding.TextMarshaler]()
	errorType         = reflect.TypeFor[error]()
	numberType        = reflect.TypeFor[json.Number]()
)

func speaks(t reflect.Type) bool {
	return t.NumMethod() > 0 && (t.Implements(marshalerType) || t.Implements(textMarshalerType) || t.Implements(errorType))
}

// own writes what a value's own method returns; its error or panic is a note.
func (e *encoder) own(marshal func() ([]byte, error)) {
	start := len(e.buf)
	defer func() {
		if r := recover(); r != nil {
			e.buf = e.buf[:start]
			e.note("not recorded: panic: %v", r)
		}
	}()
	b, err := marshal()
	if err != nil {
		e.note("not recorded: %v", err)
		return
	}
	var out bytes.Buffer
	if err := json.Compact(&out, b); err != nil || !utf8Valid(out.Bytes()) {
		e.text(string(b))
		return
	}
	e.buf = append(e.buf, out.Bytes()...)
}

func (e *encoder) container(v reflect.Value) {
	if len(e.path) >= maxDepth {
		e.note("deeper than %d levels", maxDepth)
		return
	}
	switch v.Kind() {
	case reflect.Interface, reflect.Pointer, reflect.Map, reflect.Slice:
		if v.IsNil() {
			e.buf = append(e.buf, "null"...)
			return
		}
	}
	if v.Kind() == reflect.Pointer || v.Kind() == reflect.Map || v.Kind() == reflect.Slice {
		at := visit{ptr: v.Pointer(), typ: v.Type()}
		if v.Kind() == reflect.Slice {
			at.len = v.Len()
		}
		if slices.Contains(e.above, at) && (v.Kind() != reflect.Slice || at.len > 0) {
			e.note("cycle: %s", v.Type())
			return
		}
		e.above = append(e.above, at)
		defer func() { e.above = e.above[:len(e.above)-1] }()
	}
	switch v.Kind() {
	case reflect.Interface, reflect.Pointer:
		e.value(v.Elem())
	case reflect.Map:
		e.mapping(v)
	case reflect.Struct:
		e.object(v)
	default:
		if v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Uint8 {
			e.bytes(v.Bytes())
			return
		}
		e.array(v)
	}
}

func (e *encoder) array(v reflect.Value) {
	e.buf = append(e.buf, '[')
	n := v.Len()
	for i := range n {
		if e.over() {
			e.cut(i, n)
			break
		}
		if i > 0 {
			e.buf = append(e.buf, ',')
		}
		e.path = append(e.path, step{index: i})
		e.value(v.Index(i))
		e.path = e.path[:len(e.path)-1]
	}
	e.buf = append(e.buf, ']')
}

type entry struct {
	key   string
	value reflect.Value
}

func (e *encoder) mapping(v reflect.Value) {
	n := v.Len()
	entries := make([]entry, 0, min(n, maxMapKeys))
	for it := v.MapRange(); len(entries) < maxMapKeys && it.Next(); {
		entries = append(entries, entry{keyText(it.Key()), it.Value()})
	}
	slices.SortFunc(entries, func(a, b entry) int { return strings.Compare(a.key, b.key) })
	kept := 0
	e.buf = append(e.buf, '{')
	for i, en := range entries {
		if e.over() {
			break
		}
		e.field(i == 0, en.key, en.value, false)
		kept++
	}
	e.buf = append(e.buf, '}')
	if kept < n {
		e.cut(kept, n)
	}
}

func keyText(k reflect.Value) string {
	if k.Kind() == reflect.String {
		return k.String()
	}
	if k.CanInterface() {
		if m, ok := k.Interface().(encoding.TextMarshaler); ok {
			if b, err := m.MarshalText(); err == nil {
				return string(b)
			}
		}
		return fmt.Sprint(k.Interface())
	}
	return k.String()
}

func (e *encoder) object(v reflect.Value) {
	e.buf = append(e.buf, '{')
	first := true
	for _, f := range fieldsOf(v.Type()) {
		fv, ok := f.of(v)
		if !ok || f.omitEmpty && isEmpty(fv) || f.omitZero && isZero(fv) {
			continue
		}
		e.field(first, f.name, fv, f.quoted)
		first = false
	}
	e.buf = append(e.buf, '}')
}

func (e *encoder) field(first bool, key string, v reflect.Value, quoted bool) {
	if !first {
		e.buf = append(e.buf, ',')
	}
	e.buf = append(quote(e.buf, key), ':')
	e.path = append(e.path, step{key: key, index: -1})
	if quoted && isScalar(v.Kind()) {
		inner := encoder{work: e.work}
		inner.value(v)
		e.buf = quote(e.buf, string(inner.buf))
	} else {
		e.value(v)
	}
	e.path = e.path[:len(e.path)-1]
}

func (e *encoder) text(s string) {
	room := max(e.work-len(e.buf), overString)
	if len(s) <= room {
		e.buf = quote(e.buf, s)
		return
	}
	head, tail := room*2/3, len(s)-room/3
	for head > 0 && !boundary(s, head) {
		head--
	}
	for tail < len(s) && !boundary(s, tail) {
		tail++
	}
	e.buf = quote(e.buf, fmt.Sprintf("%s…[%d bytes]…%s", s[:head], tail-head, s[tail:]))
	e.cut(head+len(s)-tail, len(s))
}

func (e *encoder) bytes(b []byte) {
	if len(b) > maxBytes {
		e.note("%d bytes", len(b))
		e.cut(0, len(b))
		return
	}
	e.buf = append(e.buf, '"')
	e.buf = base64.StdEncoding.AppendEncode(e.buf, b)
	e.buf = append(e.buf, '"')
}

func (e *encoder) float(f float64, bits int) {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		e.buf = quote(e.buf, strconv.FormatFloat(f, 'g', -1, bits))
		return
	}
	// The notation of encoding/json, which is that of JavaScript.
	format := byte('f')
	if abs := math.Abs(f); abs != 0 && (abs < 1e-6 || abs >= 1e21) {
		format = 'e'
	}
	e.buf = strconv.AppendFloat(e.buf, f, format, -1, bits)
	if n := len(e.buf); format == 'e' && n >= 4 && e.buf[n-4] == 'e' && e.buf[n-3] == '-' && e.buf[n-2] == '0' {
		e.buf[n-2] = e.buf[n-1]
		e.buf = e.buf[:n-1]
	}
}

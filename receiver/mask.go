package receiver

import (
	"context"
	"encoding/binary"
	"math"
	"strconv"
	"unicode/utf8"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/xraytrace/xray/mask"
)

// Masking says what must not be stored of a project; *mask.Book does. An error
// means that nothing may be stored.
type Masking interface {
	Storing(project int32) (*mask.Masker, error)
}

// noMasking is for receivers that are given none.
type noMasking struct{}

func (noMasking) Storing(int32) (*mask.Masker, error) { return nil, nil }

// mask is the one place through which every record goes before its bytes are
// kept, whichever way it came: it masks the records of m, and what they share,
// by the rules of their project, and returns the message that is kept instead
// of the one that came. The records must be sound: scan.go bounds how deep they
// nest, and so this recursion.
//
// A project without rules never gets here: it pays one look into a map for a
// request. One with rules pays for looking at every text, and loses unknown
// fields: nobody could say what is in them.
func (r *Receiver) mask(ctx context.Context, rules *mask.Masker, m *message, l *lease, record func(*masking, []byte) []byte) ([]byte, error) {
	w := &masking{pass: rules.Pass()}
	w.headers(m)
	for i := range m.records {
		if err := ctx.Err(); err != nil { // rules can be slow, and nobody may be waiting any more
			return nil, err
		}
		body := record(w, m.records[i].body)
		if err := l.take(2 * int64(len(body))); err != nil { // here, and in what is returned
			return nil, err
		}
		m.records[i].body = body
	}
	return m.encode(m.records), nil
}

// headers masks what records share. What no sound record has may be unsound.
func (w *masking) headers(m *message) {
	scopes, resources := make([]bool, len(m.scopes)), make([]bool, len(m.resources))
	for _, r := range m.records {
		if scopes[r.scope] {
			continue
		}
		scopes[r.scope] = true
		scope := &m.scopes[r.scope]
		scope.fields = w.container(scope.fields, w.scope)
		if !resources[scope.resource] {
			resources[scope.resource] = true
			m.resources[scope.resource] = w.container(m.resources[scope.resource], w.resource)
		}
	}
}

// masking rewrites OTLP messages on the wire level: fields in their order,
// texts masked, everything that is not text as it came, what is unknown gone.
type masking struct{ pass *mask.Pass }

// rewrite copies a message field by field. raw has the bytes of fields that
// are kept as they are.
func (w *masking) rewrite(data []byte, known shape, each func(dst []byte, f wireField, raw []byte) []byte) []byte {
	dst := make([]byte, 0, len(data)+len(data)/8)
	for len(data) > 0 {
		f, rest, ok := cut(data)
		if !ok {
			return dst // the scan has refused such records
		}
		if int(f.num) <= len(known) && known[f.num-1] != '-' {
			dst = each(dst, f, data[:len(data)-len(rest)])
		}
		data = rest
	}
	return dst
}

func appendField(dst []byte, num protowire.Number, content []byte) []byte {
	dst = protowire.AppendTag(dst, num, protowire.BytesType)
	return protowire.AppendBytes(dst, content)
}

// text masks a text outside of all fields: a span's name, a message.
func (w *masking) text(dst []byte, f wireField) []byte {
	masked, _ := w.pass.Text(w.pass.Root(), string(f.content))
	return appendField(dst, f.num, []byte(masked))
}

// container is what a ResourceSpans or ScopeSpans holds besides field 2.
func (w *masking) container(data []byte, inner func([]byte) []byte) []byte {
	return w.rewrite(data, containerShape, func(dst []byte, f wireField, _ []byte) []byte {
		if f.num == 1 {
			return appendField(dst, 1, inner(f.content))
		}
		return w.text(dst, f)
	})
}

func (w *masking) resource(data []byte) []byte {
	var names mask.Names
	return w.rewrite(data, resourceShape, func(dst []byte, f wireField, raw []byte) []byte {
		switch f.num {
		case 1:
			return w.keyValue(dst, f, &names)
		case 3:
			return appendField(dst, 3, w.rewrite(f.content, entityShape, func(dst []byte, f wireField, _ []byte) []byte { return w.text(dst, f) }))
		}
		return append(dst, raw...)
	})
}

func (w *masking) scope(data []byte) []byte {
	var names mask.Names
	return w.rewrite(data, scopeShape, func(dst []byte, f wireField, raw []byte) []byte {
		switch f.num {
		case 1, 2:
			return w.text(dst, f)
		case 3:
			return w.keyValue(dst, f, &names)
		}
		return append(dst, raw...)
	})
}

func (w *masking) span(data []byte) []byte {
	var names mask.Names
	return w.rewrite(data, spanShape, func(dst []byte, f wireField, raw []byte) []byte {
		switch f.num {
		case 3, 5: // trace state, name
			return w.text(dst, f)
		case 9:
			return w.keyValue(dst, f, &names)
		case 11:
			return appendField(dst, f.num, w.named(f.content, eventShape, 2, 3))
		case 13:
			return appendField(dst, f.num, w.named(f.content, linkShape, 3, 4))
		case 15:
			return appendField(dst, f.num, w.named(f.content, statusShape, 2, 0))
		}
		return append(dst, raw...)
	})
}

// named masks a message with one text and one list of attributes.
func (w *masking) named(data []byte, known shape, text, attributes protowire.Number) []byte {
	var names mask.Names
	return w.rewrite(data, known, func(dst []byte, f wireField, raw []byte) []byte {
		switch f.num {
		case text:
			return w.text(dst, f)
		case attributes:
			return w.keyValue(dst, f, &names)
		}
		return append(dst, raw...)
	})
}

func (w *masking) log(data []byte) []byte {
	var names mask.Names
	return w.rewrite(data, logShape, func(dst []byte, f wireField, raw []byte) []byte {
		switch f.num {
		case 3, 12: // severity, name of the event
			return w.text(dst, f)
		case 5:
			defer w.pass.Leave()
			return appendField(dst, f.num, w.value(w.pass.Enter(w.pass.Root(), "body"), f.content))
		case 6:
			return w.keyValue(dst, f, &names)
		}
		return append(dst, raw...)
	})
}

// keyValue masks an attribute of a record.
func (w *masking) keyValue(dst []byte, f wireField, names *mask.Names) []byte {
	return w.member(dst, f, w.pass.Root(), names)
}

// member masks a key with its value, and leaves it out if a rule removes it.
func (w *masking) member(dst []byte, f wireField, outer mask.Scope, names *mask.Names) []byte {
	key := string(textField(f.content, 1))
	s := w.pass.Enter(outer, key)
	defer w.pass.Leave()
	if w.pass.Removed(s) {
		return dst
	}
	masked, _ := w.pass.Name(names, key)
	return appendField(dst, f.num, w.rewrite(f.content, keyValueShape, func(dst []byte, f wireField, raw []byte) []byte {
		switch f.num {
		case 1:
			return appendField(dst, 1, []byte(masked)) // each time it is given: the last counts
		case 2:
			return appendField(dst, 2, w.value(s, f.content))
		}
		return append(dst, raw...)
	}))
}

// Fields of AnyValue.
const (
	anyString, anyBool, anyInt, anyDouble, anyArray, anyKeyValues, anyBytes = 1, 2, 3, 4, 5, 6, 7
)

func (w *masking) value(s mask.Scope, data []byte) []byte {
	return w.rewrite(data, anyValueShape, func(dst []byte, f wireField, raw []byte) []byte {
		switch f.num {
		case anyString:
			masked, _ := w.pass.Text(s, string(f.content))
			return appendField(dst, anyString, []byte(masked))
		case anyBytes:
			return w.bytes(dst, s, f.content)
		case anyInt, anyDouble:
			return w.number(dst, s, f.num, raw)
		case anyArray, anyKeyValues:
			if w.pass.Whole(s) {
				return appendField(dst, anyString, []byte(w.pass.Instead(s, string(raw))))
			}
			return appendField(dst, f.num, w.elements(s, f.content, f.num == anyKeyValues))
		case anyBool:
			if w.pass.Whole(s) {
				return appendField(dst, anyString, []byte(w.pass.Instead(s, truth(raw))))
			}
		}
		return append(dst, raw...)
	})
}

// elements are what an array or a list of key and value holds.
func (w *masking) elements(s mask.Scope, data []byte, keyed bool) []byte {
	var names mask.Names
	index := -1
	return w.rewrite(data, listShape, func(dst []byte, f wireField, _ []byte) []byte {
		if keyed {
			return w.member(dst, f, s, &names)
		}
		index++
		inside := w.pass.EnterElement(s, index)
		defer w.pass.Leave()
		if w.pass.Removed(inside) {
			return dst
		}
		return appendField(dst, f.num, w.value(inside, f.content))
	})
}

// bytes are masked like a text, and stay bytes if they are none.
func (w *masking) bytes(dst []byte, s mask.Scope, content []byte) []byte {
	masked, changed := w.pass.Text(s, string(content))
	if w.pass.Whole(s) && changed && utf8.ValidString(masked) {
		return appendField(dst, anyString, []byte(masked))
	}
	return appendField(dst, anyBytes, []byte(masked))
}

// number masks a number in decimal, as people read it.
func (w *masking) number(dst []byte, s mask.Scope, num protowire.Number, raw []byte) []byte {
	_, _, n := protowire.ConsumeTag(raw)
	var text string
	if num == anyInt {
		v, _ := protowire.ConsumeVarint(raw[n:])
		text = strconv.FormatInt(int64(v), 10)
	} else {
		text = decimal(math.Float64frombits(binary.LittleEndian.Uint64(raw[n:])))
	}
	if masked, changed := w.pass.Number(s, text); changed {
		return appendField(dst, anyString, []byte(masked))
	}
	return append(dst, raw...)
}

// decimal writes a number without an exponent as far as people would.
func decimal(v float64) string {
	if math.Abs(v) < 1e21 {
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
}

func truth(raw []byte) string {
	_, _, n := protowire.ConsumeTag(raw)
	v, _ := protowire.ConsumeVarint(raw[n:])
	return strconv.FormatBool(v != 0)
}

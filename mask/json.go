package mask

import "encoding/json"

// json masks a text that is valid JSON. What is not masked stays as it was
// written, to the byte.
func (p *Pass) json(s Scope, text string) (masked string, changed bool) {
	w := rewriter{p: p, src: text}
	w.value(s)
	if w.copied == 0 {
		return text, false
	}
	return string(append(w.out, text[w.copied:]...)), true
}

// rewriter walks over valid JSON and copies it as far as something changes.
// Nothing in it checks the form: that has been done.
type rewriter struct {
	p      *Pass
	src    string
	at     int
	out    []byte
	copied int // of src, up to there; 0: nothing has changed
}

// replace puts text in the place of src[start:end].
func (w *rewriter) replace(start, end int, text []byte) {
	start = max(start, w.copied)
	w.out = append(append(w.out, w.src[w.copied:start]...), text...)
	w.copied = end
}

func (w *rewriter) space() {
	for w.at < len(w.src) {
		switch w.src[w.at] {
		case ' ', '\t', '\r', '\n':
			w.at++
		default:
			return
		}
	}
}

// value masks the value that begins at w.at or behind white space.
func (w *rewriter) value(s Scope) {
	w.space()
	start := w.at
	switch w.src[start] {
	case '{', '[':
		if !w.p.Whole(s) {
			w.members(s, w.src[start] == '{')
			return
		}
		w.skip()
		w.replace(start, w.at, quote(w.p.Instead(s, w.src[start:w.at])))
	case '"':
		text := w.text()
		if masked, changed := w.p.Text(s, text); changed {
			w.replace(start, w.at, quote(masked))
		}
	case 'n':
		w.at += len("null")
	case 't', 'f':
		w.word()
		if w.p.Whole(s) {
			w.replace(start, w.at, quote(w.p.Instead(s, w.src[start:w.at])))
		}
	default:
		w.word()
		if masked, changed := w.p.Number(s, w.src[start:w.at]); changed {
			w.replace(start, w.at, quote(masked))
		}
	}
}

// members masks the members of an object, or the elements of an array.
func (w *rewriter) members(s Scope, keyed bool) {
	w.at++
	var names Names
	kept, end := 0, w.at // members that stay; where the last of them ends
	for i := 0; ; i++ {
		w.space()
		if c := w.src[w.at]; c == '}' || c == ']' {
			w.at++
			return
		}
		start := w.at
		gone := w.member(s, keyed, i, &names)
		stop := w.at
		w.space()
		more := w.src[w.at] == ','
		if more {
			w.at++
		}
		switch {
		case !gone:
			kept, end = kept+1, stop
		case kept > 0:
			w.replace(end, stop, nil) // with the comma before it
		case more:
			w.space()
			w.replace(start, w.at, nil) // with the comma behind it
		default:
			w.replace(start, stop, nil)
		}
	}
}

// member masks one of them; gone means that it must be taken out.
func (w *rewriter) member(s Scope, keyed bool, index int, names *Names) (gone bool) {
	var inside Scope
	if keyed {
		start := w.at
		name := w.text()
		end := w.at
		w.space()
		w.at++ // the colon
		inside = w.p.Enter(s, name)
		gone = w.p.Removed(inside)
		if masked, changed := w.p.Name(names, name); changed && !gone {
			w.replace(start, end, quote(masked))
		}
	} else {
		inside = w.p.EnterElement(s, index)
		gone = w.p.Removed(inside)
	}
	defer w.p.Leave()
	if gone {
		w.skip()
	} else {
		w.value(inside)
	}
	return gone
}

// text reads the string at w.at.
func (w *rewriter) text() string {
	start, escaped := w.at, false
	for w.at++; w.src[w.at] != '"'; w.at++ {
		if w.src[w.at] == '\\' {
			escaped = true
			w.at++
		}
	}
	w.at++
	if !escaped {
		return w.src[start+1 : w.at-1]
	}
	var text string
	_ = json.Unmarshal([]byte(w.src[start:w.at]), &text) // it is valid
	return text
}

// word passes over a number, true or false.
func (w *rewriter) word() {
	for ; w.at < len(w.src); w.at++ {
		switch w.src[w.at] {
		case ',', '}', ']', ' ', '\t', '\r', '\n':
			return
		}
	}
}

// skip passes over a value.
func (w *rewriter) skip() {
	for depth := 0; ; {
		w.space()
		switch w.src[w.at] {
		case '{', '[':
			depth++
			w.at++
		case '}', ']':
			depth--
			w.at++
		case '"':
			w.text()
		case ',', ':':
			w.at++
		default:
			w.word()
		}
		if depth == 0 {
			return
		}
	}
}

// quote writes a JSON string in which <, > and & stay as they are.
func quote(text string) []byte { return marshal(text) }

package mask

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/xraytrace/xray"
)

// Masker applies rules. A nil one finds nothing. It is safe for concurrent use.
type Masker struct {
	rules    []rule
	fields   fieldIndex
	anywhere rules          // that look into every text
	loose    rules          // that look for name=value in texts that are not JSON
	marks    *regexp.Regexp // the markers that these rules leave
	key      []byte
	version  string
	forNames *Masker // the same, but replacing where a rule says remove: a field needs a name, and one of its own
}

// rules is a set of indexes into Masker.rules.
type rules uint64

func (s rules) has(i int) bool      { return s>>i&1 != 0 }
func (s rules) with(i int) rules    { return s | 1<<i }
func (s rules) union(t rules) rules { return s | t }

// rule is a rule of a project, ready for use.
type rule struct {
	name   string
	action xray.MaskAction
	find   finder     // nil: the whole value of its fields
	loose  looseField // nil: none
}

// span is a part of a text, in bytes.
type span struct{ start, end int }

// finder returns what a rule finds in a text, in any order. Empty spans do not
// count.
type finder func(text string) []span

// New compiles rules. key makes the hashes of [xray.MaskHash] impossible to
// guess for who does not have it. Without rules the Masker is nil. Rules that
// cannot be are CodeInvalid.
func New(list []xray.MaskRule, key []byte) (*Masker, error) {
	set, err := xray.MaskSettings{Rules: list}.Normalized()
	if err != nil {
		return nil, err
	}
	return build(set.Rules, key)
}

// build compiles rules that have been checked.
func build(list []xray.MaskRule, key []byte) (*Masker, error) {
	if len(list) == 0 {
		return nil, nil
	}
	m := &Masker{key: key, fields: newFieldIndex(), version: versionOf(list)}
	names := make([]string, len(list))
	for i, r := range list {
		if err := m.add(i, r); err != nil {
			return nil, err
		}
		names[i] = regexp.QuoteMeta(r.Name)
	}
	m.marks = regexp.MustCompile(`\[masked:(?:` + strings.Join(names, "|") + `)(?:#(?:[0-9a-f]{12}|[0-9]+))?(?:~[0-9]+)?\]`)
	m.forNames = m.replacing()
	return m, nil
}

func versionOf(list []xray.MaskRule) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%q", list))
	return hex.EncodeToString(sum[:8])
}

func (m *Masker) add(i int, r xray.MaskRule) error {
	c := rule{name: r.Name, action: r.Action}
	switch {
	case r.Preset != "":
		c.find = presets[r.Preset]
	case r.Pattern != "":
		re, err := regexp.Compile(r.Pattern)
		if err != nil {
			return fmt.Errorf("compile masking rule %s: %w", r.Name, err)
		}
		c.find = func(text string) []span { return spansOf(re.FindAllStringIndex(text, -1)) }
	}
	if len(r.Fields) == 0 {
		m.anywhere = m.anywhere.with(i)
		if r.Preset == xray.MaskCredentials {
			m.fields.credentials = i + 1
			c.loose = namesCredential
		}
	}
	for _, f := range r.Fields {
		m.fields.add(f, i)
	}
	if c.find == nil {
		c.loose = looseFields(r.Fields)
	}
	if c.loose != nil {
		m.loose = m.loose.with(i)
	}
	m.rules = append(m.rules, c)
	return nil
}

// replacing is m with no rule that removes.
func (m *Masker) replacing() *Masker {
	out := *m
	out.rules = slices.Clone(m.rules)
	for i := range out.rules {
		if out.rules[i].action == xray.MaskRemove {
			out.rules[i].action = xray.MaskReplace
		}
	}
	return &out
}

// spansOf makes spans of matches, or of their first group if they have one.
func spansOf(found [][]int) []span {
	if len(found) == 0 {
		return nil
	}
	out := make([]span, len(found))
	for i, f := range found {
		out[i] = span{f[0], f[1]}
		if len(f) > 2 && f[2] >= 0 {
			out[i] = span{f[2], f[3]}
		}
	}
	return out
}

// marker is what stands in the place of what a rule found.
func (m *Masker) marker(i int, found string) string {
	if m.rules[i].action != xray.MaskHash {
		return "[masked:" + m.rules[i].name + "]"
	}
	// 48 bits: among a million different values two are alike once in 600 projects.
	return "[masked:" + m.rules[i].name + "#" + m.Digest(found)[:12] + "]"
}

// Version names the rules: it changes with every change of them.
func (m *Masker) Version() string {
	if m == nil {
		return ""
	}
	return m.version
}

// Digest is a hash of a text, in hex, that nobody makes without the project's key.
func (m *Masker) Digest(text string) string {
	h := hmac.New(sha256.New, m.key)
	h.Write([]byte(text))
	return hex.EncodeToString(h.Sum(nil))
}

// isMarker reports whether text is nothing but one marker.
func (m *Masker) isMarker(text string) bool {
	at := m.marksIn(text)
	return len(at) == 1 && at[0] == span{0, len(text)}
}

func (m *Masker) marksIn(text string) []span {
	if !strings.Contains(text, "[masked:") {
		return nil
	}
	return spansOf(m.marks.FindAllStringIndex(text, -1))
}

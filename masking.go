package xray

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// MaskAction says what becomes of what a [MaskRule] finds.
type MaskAction string

const (
	MaskReplace MaskAction = "replace" // a marker with the rule's name stands in its place
	MaskHash    MaskAction = "hash"    // the marker also tells equal values from different ones
	MaskRemove  MaskAction = "remove"  // nothing stands in its place
)

// MaskPreset is a kind of text that is known by its shape.
type MaskPreset string

const (
	MaskEmail       MaskPreset = "email"
	MaskCard        MaskPreset = "card"        // payment card numbers, by network, length and check digit
	MaskCredentials MaskPreset = "credentials" // keys, tokens, private keys, passwords in URLs, and fields with such names
	MaskPhone       MaskPreset = "phone"       // phone numbers with a country code or in separated groups
	MaskIBAN        MaskPreset = "iban"        // by country, length and check digits
)

// MaskPresets returns every preset.
func MaskPresets() []MaskPreset {
	return []MaskPreset{MaskEmail, MaskCard, MaskCredentials, MaskPhone, MaskIBAN}
}

// MaskRule says what must not be stored: what Preset or Pattern finds, within
// Fields if there are any, or without Preset and Pattern the Fields' whole
// values.
type MaskRule struct {
	// Name stands in the markers. "" means the preset's.
	Name   string     `json:"name"`
	Preset MaskPreset `json:"preset,omitempty"`
	// Pattern is a regular expression in RE2's syntax. It sees each text and
	// number by itself, without quotation marks and escapes.
	Pattern string `json:"pattern,omitempty"`
	// Fields name attributes and fields of JSON. "password" is any field of this
	// name, "user/email" a field email directly in a field user, and
	// "/xray.input/user/email" exactly this place of the attribute xray.input. A *
	// in a name stands for any characters, and case does not matter.
	Fields []string   `json:"fields,omitempty"`
	Action MaskAction `json:"action"`
}

// MaskSettings are a project's.
type MaskSettings struct {
	Rules []MaskRule `json:"rules"` // applied to everything before it is stored
	Model MaskModel  `json:"model"`
}

// MaskModel says what a model is not shown, on top of what was not stored.
type MaskModel struct {
	Presets []MaskPreset `json:"presets"`
	// StructureOnly shows a model shapes, counts, numbers and names of fields,
	// and no text.
	StructureOnly bool `json:"structureOnly"`
}

// DefaultMaskSettings hold for projects that have set none: everything is
// stored as it comes, and a model sees nothing that a preset knows.
func DefaultMaskSettings() MaskSettings {
	return MaskSettings{Rules: []MaskRule{}, Model: MaskModel{Presets: MaskPresets()}}
}

// Bounds of what a project may set: every rule costs time for every span.
const (
	MaxMaskRules   = 32
	MaxMaskPattern = 500 // bytes
	MaxMaskFields  = 50  // of one rule
	MaxMaskField   = 200 // bytes
)

var maskName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,39}$`)

// Normalized returns the settings with the names that presets give, checked
// but for what only compiling the patterns can tell. An error is CodeInvalid.
func (s MaskSettings) Normalized() (MaskSettings, error) {
	if len(s.Rules) > MaxMaskRules {
		return s, Errorf(CodeInvalid, "%d masking rules: at most %d; join patterns with |", len(s.Rules), MaxMaskRules)
	}
	out := MaskSettings{Rules: make([]MaskRule, 0, len(s.Rules)), Model: s.Model}
	names := map[string]bool{}
	for i, r := range s.Rules {
		if r.Name == "" {
			r.Name = string(r.Preset)
		}
		at := fmt.Sprintf("/rules/%d", i)
		if err := r.validate(i); err != nil {
			return s, err.At(at + err.Field)
		}
		if names[r.Name] {
			return s, Errorf(CodeInvalid, "two masking rules are called %q: give each a name of its own", r.Name).At(at + "/name")
		}
		names[r.Name] = true
		out.Rules = append(out.Rules, r)
	}
	out.Model.Presets = []MaskPreset{}
	for _, p := range s.Model.Presets {
		if err := p.validate(); err != nil {
			return s, err.At("/model/presets")
		}
		if !slices.Contains(out.Model.Presets, p) {
			out.Model.Presets = append(out.Model.Presets, p)
		}
	}
	return out, nil
}

func (p MaskPreset) validate() *Error {
	if slices.Contains(MaskPresets(), p) {
		return nil
	}
	return Errorf(CodeInvalid, "unknown preset %q: use email, card, credentials, phone or iban", p)
}

// validate says what is wrong with the rule at a place, and in which field of it.
func (r MaskRule) validate(i int) *Error {
	if !maskName.MatchString(r.Name) {
		return Errorf(CodeInvalid, "masking rule %d cannot be called %q: use up to 40 of a-z, 0-9 and '-', starting with a letter or digit", i+1, r.Name).At("/name")
	}
	switch r.Action {
	case MaskReplace, MaskHash, MaskRemove:
	default:
		return Errorf(CodeInvalid, "masking rule %s: unknown action %q: use replace, hash or remove", r.Name, r.Action).At("/action")
	}
	if r.Preset != "" {
		if err := r.Preset.validate(); err != nil {
			return err.At("/preset")
		}
	}
	switch {
	case r.Preset != "" && r.Pattern != "":
		return Errorf(CodeInvalid, "masking rule %s has a preset and a pattern: make two rules of it", r.Name).At("/pattern")
	case r.Preset == "" && r.Pattern == "" && len(r.Fields) == 0:
		return Errorf(CodeInvalid, "masking rule %s finds nothing: give it a preset, a pattern or fields", r.Name)
	case len(r.Pattern) > MaxMaskPattern:
		return Errorf(CodeInvalid, "masking rule %s: the pattern has %d bytes, at most %d are allowed", r.Name, len(r.Pattern), MaxMaskPattern).At("/pattern")
	case len(r.Fields) > MaxMaskFields:
		return Errorf(CodeInvalid, "masking rule %s names %d fields, at most %d are allowed", r.Name, len(r.Fields), MaxMaskFields).At("/fields")
	}
	if err := r.validatePattern(); err != nil {
		return err.At("/pattern")
	}
	for _, f := range r.Fields {
		if len(f) > MaxMaskField || strings.Trim(f, "/") == "" || !utf8.ValidString(f) || strings.ContainsRune(f, 0) {
			return Errorf(CodeInvalid, "masking rule %s: %.60q names no field: use password, user/email or /xray.input/user/email", r.Name, f).At("/fields")
		}
	}
	return nil
}

func (r MaskRule) validatePattern() *Error {
	if r.Pattern == "" {
		return nil
	}
	re, err := regexp.Compile(r.Pattern)
	if err != nil {
		return Errorf(CodeInvalid, "masking rule %s: the pattern is not one of RE2's: %v", r.Name, err)
	}
	if re.MatchString("") {
		return Errorf(CodeInvalid, "masking rule %s: the pattern matches an empty text, and so everywhere: use + instead of *", r.Name)
	}
	return nil
}

// MaskedProject is what one project has stored of its settings.
type MaskedProject struct {
	ID       int32
	Settings MaskSettings
	Err      error  // the settings cannot be read
	Key      []byte // of its hashes
}

// MaskHit tells where a rule found something.
type MaskHit struct {
	Rule  string // its name
	Where string // the way to the value, an RFC 6901 pointer
	Count int
}

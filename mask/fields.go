package mask

import "strings"

// fieldIndex finds the rules that name a field.
type fieldIndex struct {
	names       map[string]rules // plain names, the usual case
	paths       []selector       // all others
	credentials int              // 1 + the rule that means fields with names of credentials; 0: none
}

// selector is a field as a rule names it: the last parts of the way to it, or
// if anchored all of them.
type selector struct {
	rule     int
	anchored bool
	parts    []string // in lower case; * stands for any characters
}

func newFieldIndex() fieldIndex { return fieldIndex{names: map[string]rules{}} }

var unescape = strings.NewReplacer("~1", "/", "~0", "~")

func (x *fieldIndex) add(field string, rule int) {
	field, anchored := strings.CutPrefix(field, "/")
	s := selector{rule: rule, anchored: anchored}
	for part := range strings.SplitSeq(field, "/") {
		s.parts = append(s.parts, unescape.Replace(strings.ToLower(part)))
	}
	if !anchored && len(s.parts) == 1 && !strings.Contains(field, "*") {
		x.names[s.parts[0]] = x.names[s.parts[0]].with(rule)
		return
	}
	x.paths = append(x.paths, s)
}

func (x *fieldIndex) empty() bool {
	return len(x.names) == 0 && len(x.paths) == 0 && x.credentials == 0
}

// at returns the rules that mean the value at the end of this way.
func (x *fieldIndex) at(way []string) (found rules) {
	name := strings.ToLower(way[len(way)-1])
	if len(x.names) > 0 {
		found = x.names[name].union(x.names[lastPart(name)])
	}
	for i := range x.paths {
		if x.paths[i].selects(way) {
			found = found.with(x.paths[i].rule)
		}
	}
	if x.credentials > 0 && namesCredential(name) {
		found = found.with(x.credentials - 1)
	}
	return found
}

func (s *selector) selects(way []string) bool {
	if len(s.parts) > len(way) || s.anchored && len(s.parts) != len(way) {
		return false
	}
	way = way[len(way)-len(s.parts):]
	for i, part := range s.parts {
		name := strings.ToLower(way[i])
		if !like(part, name) && (s.anchored || !like(part, lastPart(name))) {
			return false
		}
	}
	return true
}

// lastPart of a dotted name: attributes are called user.email where JSON has
// a field email in a field user.
func lastPart(name string) string { return name[strings.LastIndexByte(name, '.')+1:] }

// like matches a name with a pattern in which * stands for any characters.
func like(pattern, name string) bool {
	first, rest, any := strings.Cut(pattern, "*")
	name, ok := strings.CutPrefix(name, first)
	if !ok || !any {
		return ok && name == ""
	}
	for {
		part, more, any := strings.Cut(rest, "*")
		if !any {
			return strings.HasSuffix(name, part)
		}
		// The first place is the best one: what follows has the most room.
		i := strings.Index(name, part)
		if i < 0 {
			return false
		}
		name, rest = name[i+len(part):], more
	}
}

// credentialNames end the names of fields that hold credentials, written
// without separators: api_key, apiKey and X-API-Key end alike.
var credentialNames = []string{
	"password", "passwd", "pwd", "passphrase", "secret", "apikey", "accesskey", "secretkey", "privatekey", "accountkey",
	"accesstoken", "refreshtoken", "idtoken", "authtoken", "bearertoken", "sessiontoken", "securitytoken",
	"authorization", "cookie", "credentials",
}

// namesCredential takes a name in lower case.
func namesCredential(name string) bool {
	if len(name) > 200 {
		return false
	}
	if strings.ContainsAny(name, "_- ") {
		name = strings.Map(func(r rune) rune {
			if r == '_' || r == '-' || r == ' ' {
				return -1
			}
			return r
		}, name)
	}
	for _, end := range credentialNames {
		if strings.HasSuffix(name, end) {
			return true
		}
	}
	return false
}

package mask_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/mask"
)

func compiled(t testing.TB, rules ...xray.MaskRule) *mask.Masker {
	t.Helper()
	for i := range rules {
		if rules[i].Action == "" {
			rules[i].Action = xray.MaskReplace
		}
	}
	m, err := mask.New(rules, []byte("a key of thirty-two bytes, or so"))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// masked masks text as the value of an attribute.
func masked(m *mask.Masker, attribute, text string) string {
	p := m.Pass()
	out, _ := p.Text(p.Enter(p.Root(), attribute), text)
	return out
}

func preset(p xray.MaskPreset) xray.MaskRule { return xray.MaskRule{Preset: p} }

func TestPresetsFindWhatTheyAreFor(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		preset xray.MaskPreset
		text   string
		want   string
	}{
		"an address in prose":          {xray.MaskEmail, "write to jane.doe+x@mail.example.co.uk.", "write to [masked:email]."},
		"two addresses":                {xray.MaskEmail, "a@b.io, <c@d.org>", "[masked:email], <[masked:email]>"},
		"an address in a URL":          {xray.MaskEmail, "/u?m=jane%40example.com&x=1", "/u?m=[masked:email]&x=1"},
		"an address in another script": {xray.MaskEmail, "пиши: иван@почта.рф!", "пиши: [masked:email]!"},
		"an address that was cut off":  {xray.MaskEmail, "jane@exam…", "[masked:email]"},
		"a card number":                {xray.MaskCard, "paid with 4111111111111111 today", "paid with [masked:card] today"},
		"a card number in groups":      {xray.MaskCard, "4111 1111 1111 1111", "[masked:card]"},
		"a card number in dashes":      {xray.MaskCard, "5500-0000-0000-0004.", "[masked:card]."},
		"an American Express card":     {xray.MaskCard, "3782 822463 10005", "[masked:card]"},
		"a card after another number":  {xray.MaskCard, "order 12345 4111 1111 1111 1111 12/27", "order 12345 [masked:card] 12/27"},
		"two cards side by side":       {xray.MaskCard, "4111111111111111 5500000000000004", "[masked:card] [masked:card]"},
		"an OpenAI key":                {xray.MaskCredentials, "key sk-proj-abcDEF1234567890abcd used", "key [masked:credentials] used"},
		"our own key":                  {xray.MaskCredentials, "xray_q83vEjRWeJASNFZ4mrze8", "[masked:credentials]"},
		"a GitHub token":               {xray.MaskCredentials, "ghp_abcdefghijklmnopqrstuvwxyz0123456789", "[masked:credentials]"},
		"an AWS key id":                {xray.MaskCredentials, "AKIAIOSFODNN7EXAMPLE", "[masked:credentials]"},
		"a bearer token":               {xray.MaskCredentials, "sent Bearer abcdef0123456789abcdef", "sent Bearer [masked:credentials]"},
		"a header in a text":           {xray.MaskCredentials, "Authorization: Basic dXNlcjpwYXNzd29yZA==", "Authorization: [masked:credentials]"},
		"a JWT":                        {xray.MaskCredentials, "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl", "[masked:credentials]"},
		"a private key":                {xray.MaskCredentials, "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----", "[masked:credentials]"},
		"half a private key":           {xray.MaskCredentials, "-----BEGIN PRIVATE KEY-----\nMIIEow", "[masked:credentials]"},
		"a password in a URL":          {xray.MaskCredentials, "postgres://app:hunter2@db/x", "postgres://[masked:credentials]@db/x"},
		"a password in a form":         {xray.MaskCredentials, "user=app&password=hunter2&x=1", "user=app&password=[masked:credentials]&x=1"},
		"a password in cut-off JSON":   {xray.MaskCredentials, `{"user":"app","password":"hunter2","x`, `{"user":"app","password":"[masked:credentials]","x`},
		"a password in Python":         {xray.MaskCredentials, `{'password': 'hunter2', 'x': 1}`, `{'password': '[masked:credentials]', 'x': 1}`},
		"a password in prose and JSON": {xray.MaskCredentials, `called with {"password": "hunter2"}`, `called with {"password": "[masked:credentials]"}`},
		"a phone number":               {xray.MaskPhone, "call +49 (0)30 901820 now", "call [masked:phone] now"},
		"an American phone number":     {xray.MaskPhone, "call (650) 253-0000 or 650-253-0000", "call [masked:phone] or [masked:phone]"},
		"an IBAN":                      {xray.MaskIBAN, "to DE89370400440532013000!", "to [masked:iban]!"},
		"an IBAN in groups":            {xray.MaskIBAN, "GB29 NWBK 6016 1331 9268 19 and more", "[masked:iban] and more"},
	} {
		if got := masked(compiled(t, preset(c.preset)), "text", c.text); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestPresetsLeaveAloneWhatOnlyLooksLikeIt(t *testing.T) {
	t.Parallel()
	var rules []xray.MaskRule
	for _, p := range xray.MaskPresets() {
		rules = append(rules, preset(p))
	}
	m := compiled(t, rules...)
	for _, text := range []string{
		"the token count is 1234", "skilled work", "order 1234567890123", "1700000000000000000", "a@b", "@handle", "pkg@1.2.3", "sk-1", "price 4111",
		"B07-XK12", "https://shop.example/p9", "password policy", "2024-05-01T10:00:00Z", "0.4532015112830366", "4111111111111112", "x4111111111111111",
		"image@sha256:9f86d081884c7d659a2feaa0c55ad015", "4bf92f3577b34da6a3ce929d0e0e4736", "2024-05-01 10:00:00 +0200", "10.0.0.1:4317", "1+12345",
		"DE12345678901234567890", "risk-assessment-for-everyone", "max_tokens: 100", `{"tokens":12,"max_tokens":"100","secretary":"Ann","password":"","passwords":["a"],"cookie":null}`,
	} {
		if got := masked(m, "text", text); got != text {
			t.Errorf("%q became %q", text, got)
		}
	}
}

func TestFieldsAreFoundWhereverTheyAre(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fields          []string
		attribute, text string
		want            string
	}{
		"an attribute":                    {[]string{"password"}, "password", "hunter2", "[masked:r]"},
		"the end of a dotted name":        {[]string{"password"}, "db.Password", "hunter2", "[masked:r]"},
		"not in the middle of a name":     {[]string{"password"}, "password_hint", "none", "none"},
		"with a star":                     {[]string{"*password*"}, "password_hint", "none", "[masked:r]"},
		"a field in JSON":                 {[]string{"password"}, "in", `{ "a" : 1, "password" : "hunter2" }`, `{ "a" : 1, "password" : "[masked:r]" }`},
		"a field in JSON with escapes":    {[]string{"password"}, "in", `{"pass\u0077ord":"x"}`, `{"pass\u0077ord":"[masked:r]"}`},
		"a number":                        {[]string{"pin"}, "in", `{"pin": 1234}`, `{"pin": "[masked:r]"}`},
		"a word":                          {[]string{"ill"}, "in", `{"ill":true,"x":null}`, `{"ill":"[masked:r]","x":null}`},
		"nothing":                         {[]string{"pin"}, "in", `{"pin":null,"a":{"pin":""}}`, `{"pin":null,"a":{"pin":""}}`},
		"an object":                       {[]string{"user"}, "in", `{"user":{"name":"Ann","tags":["}"]},"x":[1]}`, `{"user":"[masked:r]","x":[1]}`},
		"JSON in JSON":                    {[]string{"pin"}, "in", `{"body":"{\"pin\":\"1\",\"x\":\"é\"}"}`, `{"body":"{\"pin\":\"[masked:r]\",\"x\":\"é\"}"}`},
		"JSON in JSON in JSON":            {[]string{"pin"}, "in", `["\"{\\\"pin\\\":\\\"1\\\"}\""]`, `["\"{\\\"pin\\\":\\\"[masked:r]\\\"}\""]`},
		"a path":                          {[]string{"user/email"}, "in", `{"user":{"email":"a"},"email":"b"}`, `{"user":{"email":"[masked:r]"},"email":"b"}`},
		"a path through a list":           {[]string{"items/*/ssn"}, "in", `{"items":[{"ssn":"1"},{"ssn":"2"}],"ssn":"3"}`, `{"items":[{"ssn":"[masked:r]"},{"ssn":"[masked:r]"}],"ssn":"3"}`},
		"a place in an attribute":         {[]string{"/in/user/email"}, "in", `{"user":{"email":"a","x":{"user":{"email":"b"}}}}`, `{"user":{"email":"[masked:r]","x":{"user":{"email":"b"}}}}`},
		"not that place elsewhere":        {[]string{"/in/email"}, "out", `{"email":"a"}`, `{"email":"a"}`},
		"an element of a list":            {[]string{"/in/0"}, "in", `["a","b"]`, `["[masked:r]","b"]`},
		"a slash in a name":               {[]string{"/in/a~1b"}, "in", `{"a/b":"x"}`, `{"a/b":"[masked:r]"}`},
		"a field in a text":               {[]string{"pin"}, "in", `pin: 1234, x: 1`, `pin: [masked:r], x: 1`},
		"a field in JSON that was cut":    {[]string{"pin"}, "in", `{"pin":"12","x":"`, `{"pin":"[masked:r]","x":"`},
		"a field in cut JSON in a string": {[]string{"pin"}, "in", `{"body":"{\"pin\":\"12\",\"x`, `{"body":"{\"pin\":\"[masked:r]\",\"x`},
	} {
		m := compiled(t, xray.MaskRule{Name: "r", Fields: c.fields})
		got := masked(m, c.attribute, c.text)
		if got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
		if again := masked(m, c.attribute, got); again != got {
			t.Errorf("%s: masked again it is %s", name, again)
		}
	}
}

func TestRemovingLeavesValidJSON(t *testing.T) {
	t.Parallel()
	m := compiled(t, xray.MaskRule{Name: "r", Fields: []string{"x"}, Action: xray.MaskRemove}, xray.MaskRule{Name: "d", Pattern: `\d+`, Action: xray.MaskRemove})
	for text, want := range map[string]string{
		`{"x":1}`:                              `{}`,
		`{"x":1,"y":"a"}`:                      `{"y":"a"}`,
		`{"y":"a","x":1}`:                      `{"y":"a"}`,
		`{"y":"a","x":1,"z":"b"}`:              `{"y":"a","z":"b"}`,
		`{ "x" : 1 , "x" : 2 , "y" : "a" }`:    `{ "y" : "a" }`,
		`{"y":"a", "x":1, "x":{"a":[1,"}"]} }`: `{"y":"a" }`,
		`{"a":{"x":1,"b":{"x":2}}}`:            `{"a":{"b":{}}}`,
		`{"y1":"a1b"}`:                         `{"y[masked:d]":"ab"}`,
		`{"a1":"x","a2":"y"}`:                  `{"a[masked:d]":"x","a[masked:d~2]":"y"}`,
		`[1,"2 or 3"]`:                         `["[masked:d]"," or "]`,
	} {
		got := masked(m, "in", text)
		if got != want || !json.Valid([]byte(got)) {
			t.Errorf("%s became %s, want %s", text, got, want)
		}
	}
}

func TestHashesKeepEqualValuesEqualAndOthersApart(t *testing.T) {
	t.Parallel()
	m := compiled(t, xray.MaskRule{Preset: xray.MaskEmail, Action: xray.MaskHash}, xray.MaskRule{Name: "id", Fields: []string{"id"}, Action: xray.MaskHash})
	ann, bob := masked(m, "in", "ann@example.com"), masked(m, "in", "bob@example.com")
	if ann == bob || !strings.HasPrefix(ann, "[masked:email#") {
		t.Errorf("%s and %s", ann, bob)
	}
	if got := masked(m, "in", `{"to":"ann@example.com"}`); got != `{"to":"`+ann+`"}` {
		t.Errorf("in JSON it is %s, by itself %s", got, ann)
	}
	if a, b := masked(m, "id", "7"), masked(m, "in", `{"id":7}`); b != `{"id":"`+a+`"}` {
		t.Errorf("as text %s, as number %s", a, b)
	}
	other, err := mask.New([]xray.MaskRule{{Preset: xray.MaskEmail, Action: xray.MaskHash}}, []byte("another key"))
	if err != nil {
		t.Fatal(err)
	}
	if masked(other, "in", "ann@example.com") == ann {
		t.Error("another project's hash is the same")
	}
}

func TestNumbersAreMaskedLikeTexts(t *testing.T) {
	t.Parallel()
	m := compiled(t, preset(xray.MaskCard))
	if got := masked(m, "in", `{"card":4111111111111111,"n":12}`); got != `{"card":"[masked:card]","n":12}` {
		t.Error(got)
	}
}

func TestWhatOverlapsIsOneAndMarkersStayWhole(t *testing.T) {
	t.Parallel()
	m := compiled(t, preset(xray.MaskEmail), xray.MaskRule{Name: "word", Pattern: `\w+`})
	for _, text := range []string{"mail ann@example.com now", "[masked:email]", "[masked:word#0123456789ab]", "x[masked:email]y", "[masked:other]"} {
		got := masked(m, "in", text)
		if again := masked(m, "in", got); again != got {
			t.Errorf("%q became %q, and then %q", text, got, again)
		}
	}
	all := compiled(t, xray.MaskRule{Name: "all", Pattern: `(?s).+`}, preset(xray.MaskEmail))
	if got := masked(all, "in", "mail ann@example.com now"); got != "[masked:all]" {
		t.Error(got)
	}
}

func TestAPatternWithinFieldsLooksNowhereElse(t *testing.T) {
	t.Parallel()
	m := compiled(t, xray.MaskRule{Name: "d", Pattern: `\d+`, Fields: []string{"note"}})
	if got := masked(m, "in", `{"note":["room 7",{"a":"8"}],"x":"9"}`); got != `{"note":["room [masked:d]",{"a":"[masked:d]"}],"x":"9"}` {
		t.Error(got)
	}
}

func TestATextDoesNotGrowBeyondBounds(t *testing.T) {
	t.Parallel()
	m := compiled(t, xray.MaskRule{Name: "a-rather-long-name-for-a-rule", Pattern: `a`})
	if got := masked(m, "in", strings.Repeat("ab", 1000)); got != "[masked:a-rather-long-name-for-a-rule]" {
		t.Errorf("%d bytes", len(got))
	}
}

func TestRulesThatCannotBeAreRefused(t *testing.T) {
	t.Parallel()
	for name, r := range map[string]xray.MaskRule{
		"no action":            {Name: "a", Pattern: "x"},
		"no name":              {Pattern: "x", Action: xray.MaskReplace},
		"a name with brackets": {Name: "a]", Pattern: "x", Action: xray.MaskReplace},
		"nothing to find":      {Name: "a", Action: xray.MaskReplace},
		"a broken pattern":     {Name: "a", Pattern: "(", Action: xray.MaskReplace},
		"a look-ahead":         {Name: "a", Pattern: "(?=x)", Action: xray.MaskReplace},
		"an empty match":       {Name: "a", Pattern: "x*", Action: xray.MaskReplace},
		"a long pattern":       {Name: "a", Pattern: strings.Repeat("x", 501), Action: xray.MaskReplace},
		"a huge pattern":       {Name: "a", Pattern: "((x{1000}){1000}){1000}", Action: xray.MaskReplace},
		"two things to find":   {Preset: xray.MaskEmail, Pattern: "x", Action: xray.MaskReplace},
		"an unknown preset":    {Preset: "names", Action: xray.MaskReplace},
		"a field of slashes":   {Name: "a", Fields: []string{"/"}, Action: xray.MaskReplace},
	} {
		if _, err := mask.New([]xray.MaskRule{r}, nil); xray.ErrorCode(err) != xray.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	twice := xray.MaskRule{Preset: xray.MaskEmail, Action: xray.MaskReplace}
	if _, err := mask.New([]xray.MaskRule{twice, twice}, nil); xray.ErrorCode(err) != xray.CodeInvalid {
		t.Errorf("two of one name: %v", err)
	}
}

package verify

import (
	"strings"
	"unicode"
)

// This file is the verifier's whole knowledge of English. A word that is in
// none of these lists has to stand in the evidence or in a fact.

// empty words assert nothing: a claim may use them freely.
var empty = set(`a an the is are was were be been being has have had do does did of in for with at on as it its this that these those
	there here which who whom whose step item value field entry record recorded execution run pipeline with named such
	also and but while whereas although however then so-called please namely where when what by into within inside per via`)

// inputs and outputs say on which side of a step a value stands. They assert
// something and are checked against the evidence's pointer.
var (
	inputs  = set(`input inputs received receives receive given gets got asked asks took takes`)
	outputs = set(`output outputs returned returns return produced produces answered answers answer replied response responded wrote gave result`)
)

// absent words say that a value is empty; only an empty value or a fact bears
// them out.
var absent = set(`empty blank null`)

// negations turn a sentence around.
var negations = set(`not no never none neither nor nothing without cannot hardly`)

// modals weaken a sentence: without them it says more.
var modals = set(`would could may might should if unless perhaps probably likely possibly almost nearly about roughly approximately usually seems appears unlike`)

// relations order two things, so that swapping the two makes the sentence false.
var relations = set(`ge le gt lt than before after first last above below ahead behind from to into instead rather
	because caused causes due since therefore thus hence leads led follows followed exceeds over under between versus vs replaced replaces`)

// leaders turn or bound the word that follows them, so the pair of both has to
// be the fact's: "every kept item" does not say "all items".
var leaders = set(`all no not never without neither nor only just most some first last few many other another would could may might should if almost`)

// counted words may stand between a number and what it counts.
var counted = set(`item candidate all every each only just other remaining another own more time`)

// itemCounts are the values of a fact that count items.
var itemCounts = set(`in out kept dropped added total candidates`)

// splitters part a sentence into clauses; each clause is checked alone.
var splitters = set(`and but while whereas although however then because so which who where when though yet since`)

// classes folds the few synonyms that facts and models use for one thing.
var classes = classIndex(map[string]string{
	"drop":      "drop drops dropped dropping removed removes remove excluded excludes discarded discards rejected rejects eliminated eliminates",
	"keep":      "keep keeps kept keeping retained retains passed passes survived survives",
	"add":       "add adds added",
	"item":      "item items candidate candidates result results row rows entry entries element elements document documents",
	"step":      "step steps",
	"call":      "call calls",
	"time":      "time times",
	"fail":      "fail fails failed failure error errors errored",
	"all":       "all every each",
	"no":        "no none nothing",
	"ge":        "≥ >=",
	"le":        "≤ <=",
	"gt":        "> exceeds exceeded",
	"lt":        "<",
	"separate":  "separate separates separated",
	"set":       "set sets",
	"duration":  "duration took lasted takes",
	"receive":   "receive receives received given gets got",
	"return":    "return returns returned produced produces gave",
	"threshold": "threshold thresholds",
})

// class is the comparable form of a word: its synonym class or its stem.
func class(s string) string {
	s = strings.TrimSuffix(strings.ToLower(s), "'s")
	if c, ok := classes[s]; ok {
		return c
	}
	if strings.HasSuffix(s, "n't") {
		return "not"
	}
	// Only the plural is folded: other endings can change the meaning.
	if len(s) > 3 && strings.HasSuffix(s, "s") && !strings.HasSuffix(s, "ss") && !strings.HasSuffix(s, "us") && !strings.HasSuffix(s, "is") {
		return s[:len(s)-1]
	}
	return s
}

// spelled are the number words. They count as the numbers they name; "one" is
// among them, because "kept one" is a number as well.
var spelled = map[string]string{
	"zero": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8",
	"nine": "9", "ten": "10", "eleven": "11", "twelve": "12",
}

// fieldWords splits the name of a field into words: minRating, min_rating and
// min-rating are "min rating".
func fieldWords(name string) []string {
	var b strings.Builder
	var last rune
	for _, r := range name {
		switch {
		case unicode.IsUpper(r) && unicode.IsLower(last):
			b.WriteByte(' ')
			b.WriteRune(r)
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			b.WriteRune(r)
		default:
			b.WriteByte(' ')
		}
		last = r
	}
	return strings.Fields(strings.ToLower(b.String()))
}

func set(words string) map[string]struct{} {
	m := map[string]struct{}{}
	for w := range strings.FieldsSeq(words) {
		m[w] = struct{}{}
	}
	return m
}

func classIndex(groups map[string]string) map[string]string {
	index := map[string]string{}
	for name, words := range groups {
		for w := range strings.FieldsSeq(words) {
			index[w] = name
		}
	}
	return index
}

func in(m map[string]struct{}, w string) bool { _, ok := m[w]; return ok }

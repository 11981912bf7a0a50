package main

import (
	"math/rand/v2"
	"strings"
)

// prose makes text that is as hard to compress as English: of some thousand
// words, drawn as often as Zipf's law has it.
type prose struct {
	rng   *rand.Rand
	zipf  *rand.Zipf
	words []string
}

func newProse(rng *rand.Rand) *prose {
	const vocabulary = 6000
	all := append([]string(nil), words...)
	for len(all) < vocabulary { // rarer words are longer
		var b strings.Builder
		for range 2 + rng.IntN(3) {
			b.WriteString(syllables[rng.IntN(len(syllables))])
		}
		all = append(all, b.String())
	}
	return &prose{rng: rng, zipf: rand.NewZipf(rng, 1.1, 2, vocabulary-1), words: all}
}

func (p *prose) word() string { return p.words[p.zipf.Uint64()] }

// text is about n bytes long.
func (p *prose) text(n int) string {
	var b strings.Builder
	for left := 0; b.Len() < n; left-- {
		if left == 0 {
			if b.Len() > 0 {
				b.WriteByte('.')
			}
			left = 6 + p.rng.IntN(14)
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(p.word())
		if p.rng.IntN(15) == 0 {
			b.WriteByte(',')
		}
	}
	return b.String()
}

var syllables = strings.Fields(`a al an ar be ca ce co com con de di dis e ed el en er es ex fi for ga ge i im in ing
ion is it ize la le ly ma ment mi mo na ne ni no o on or ous out pa per po pre pro ra re ri ro sa se si so sta sub
ta te ter ti tion to tra tri u un up ure va ver vi`)

// words are what texts are made of: common English, so that they compress
// about as well as real prompts do.
var words = strings.Fields(`the of and to in is that for it as was with be by on not he his but at are this have from or had an they which
one you were her all she there would their we him been has when who will more no if out so said what up its about into than them can only
other new some could time these two may then do first any my now such like our over man me even most made after also did many before must
through back years where much your way well down should because each just those people how too little state good very make world still own
see men work long get here between both life being under never day same another know while last might us great old year off come since
against go came right used take three states himself few house use during without again place around however home small found thought went
say part once general high upon school every product price rating category filter search query result answer customer order delivery`)

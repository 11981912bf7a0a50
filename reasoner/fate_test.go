package reasoner

import (
	"slices"
	"testing"
)

func TestQuestionsAboutTheFateOfAThing(t *testing.T) {
	for _, c := range []struct {
		question, name string
		sure           bool
	}{
		{"Why not P7?", "P7", true},
		{"why isn’t the Alpine Stand in the results?", "Alpine Stand", true},
		{"Why weren't blue lamps selected?", "blue lamps", true},
		{"Why is Alpine Stand missing from the list", "Alpine Stand", true},
		{"Why was my product Alpine Stand filtered out?", "Alpine Stand", true},
		{"Why did Alpine Stand not make it?", "Alpine Stand", true},
		{"Why didn't Alpine Stand show up?", "Alpine Stand", true},
		{"What happened to Alpine Stand?", "Alpine Stand", false},
		{"Where did Alpine Stand go?", "Alpine Stand", false},
		{"Warum ist der Alpine Stand nicht dabei?", "Alpine Stand", true},
		{"Wieso fehlen Lampen im Ergebnis?", "Lampen", true},
		{"Pourquoi Alpine Stand n'est pas là ?", "Alpine Stand", true},
		{"¿Por qué falta Alpine Stand?", "Alpine Stand", true},
		{"Por que não aparece Alpine Stand?", "Alpine Stand", true},
		{"Perché manca Alpine Stand?", "Alpine Stand", true},
		{"为什么没有蓝色台灯？", "蓝色台灯", true},
		{"蓝色台灯为什么不在结果里？", "蓝色台灯", true},
		{"なぜ青いランプがないのですか？", "青いランプ", true},
		{"왜 파란 램프가 없나요?", "파란 램프", true},
		{`And what about "Alpine Stand"?`, "Alpine Stand", false},
		{"Tell me about „Alpine Stand“", "Alpine Stand", false},
	} {
		f := fateOf(c.question)
		if !slices.Contains(f.names, c.name) || f.sure != c.sure {
			t.Errorf("%s: %+v", c.question, f)
		}
	}
	for _, question := range []string{
		"Why did it choose a phone case?", "What was the query?", "How many were kept?", "Why?", "", "Which model wrote this?",
		"Is the filter too strict?", "Warum wurde das Telefon gewählt?", "Pourquoi ce choix ?",
	} {
		if f := fateOf(question); len(f.names) > 0 || f.sure {
			t.Errorf("%q asks for the fate of %+v", question, f)
		}
	}
}

func FuzzFateOf(f *testing.F) {
	f.Add("Why not \"P7\"?")
	f.Add("为什么没有「x」")
	f.Add(`why not "?`)
	f.Add("why not the item ")
	f.Fuzz(func(t *testing.T, question string) {
		for _, name := range fateOf(question).names {
			if name == "" || len(name) > len(question) {
				t.Errorf("%q names %q", question, name)
			}
		}
	})
}

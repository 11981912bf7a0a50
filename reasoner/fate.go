package reasoner

import (
	"regexp"
	"strings"
)

// A question about the fate of a thing: "why not X?" and its like. What they
// ask needs no model: the lineage knows it. The list is of the usual forms in
// some languages and need not be complete, because a thing that the run knows
// is found by its name as well, in whatever sentence.
var (
	fateAsked = patterns(
		`^why not (.+)$`,
		`^why (?:is|are|was|were)(?:n't| not) (.+?)(?: there| here)?(?: shown| listed| included| returned| selected| chosen| picked| found| kept| recommended| considered| ranked)?(?: (?:in|among|on|at|by|part of|the winner|the answer|the result)\b.*)?$`,
		`^why (?:is|are|was|were) (.+?) (?:missing|absent|gone|excluded|dropped|removed|discarded|filtered|rejected|eliminated|left out|not)\b.*$`,
		`^why (?:did|does|do)(?:n't| not) (.+?) (?:make|appear|show|come|get|pass|survive|win|rank|qualify)\b.*$`,
		`^why (?:did|does|do) (.+?) (?:not (?:make|appear|show|come|get|pass|survive|win|rank|qualify)|get (?:dropped|removed|filtered|rejected|excluded|discarded)|drop out|fall out|disappear|vanish)\b.*$`,
		`^(?:warum|wieso|weshalb) nicht (.+)$`,
		`^(?:warum|wieso|weshalb) (?:fehlt|fehlen) (.+?)(?: (?:im|in|unter|bei) .+)?$`,
		`^(?:warum|wieso|weshalb) (?:ist|sind|war|waren|wurde|wurden|kam|kommt) (.+?) (?:nicht|aussortiert|entfernt|verworfen|herausgefiltert|weg)\b.*$`,
		`^pourquoi pas (.+)$`,
		`^pourquoi (.+?) n['’](?:est|a|apparaît|apparait|y|était)\b.*$`,
		`^pourquoi (.+?) (?:manque|a-t-(?:il|elle) été (?:écarté|exclu|retiré|supprimé)).*$`,
		`^por qu[eé] no (?:está|esta|aparece|aparecen|salió|salio|fue|hay|se \pL+ )?\s*(.+?)(?: (?:en|entre) .+)?$`,
		`^por qu[eé] falta[n]? (.+?)(?: (?:en|entre) .+)?$`,
		`^por que (?:não|nao) (?:está |esta |aparece )?(.+?)(?: (?:em|no|na|entre) .+)?$`,
		`^perch[eéè] (?:manca|non c'è|non compare) (.+?)(?: (?:in|nel|nei|tra|fra) .+)?$`,
		`^(?:为什么|为何|為什麼|為何)(?:没有|沒有|不是|没选|没|不选)(.+)$`,
		`^(.+?)(?:为什么|为何|為什麼|為何)(?:不在|不见|没有|没|沒有|被|不).*$`,
		`^(?:なぜ|どうして)(.+?)(?:が|は)(?:ない|無い|含まれ|選ばれ|外れ|外され|落ち|除外|表示され|入って).*$`,
		`^왜 (.+?)(?:이|가|은|는) (?:없|빠|제외|안|탈락).*$`,
	)
	// Forms in which the thing may be anything: they count only if the run knows
	// it.
	fateMaybe = patterns(
		`^(?:what happened to|what became of|where is|where are|where's|where did|what about) (.+?)(?: go| end up)?$`,
		`^why (?:isn't|wasn't) (.+)$`,
		`^(?:wo ist|wo bleibt|was wurde aus|was ist mit) (.+)$`,
		`^(?:où est|qu'est devenu) (.+)$`,
		`^d[oó]nde est[aá] (.+)$`,
	)
	quotedPart = regexp.MustCompile(`"([^"]{1,200})"|“([^”]{1,200})”|„([^“”]{1,200})[“”]|«\s?([^»]{1,200}?)\s?»|「([^」]{1,200})」`)
	determiner = regexp.MustCompile(`(?i)^(?:the|a|an|my|our|this|that|der|die|das|den|ein|eine|le|la|les|el|los|las|o|os|il|lo)\s+(?:(?:item|product|candidate|result|document|artikel|produkt|produit|producto)\s+)?`)
)

func patterns(list ...string) []*regexp.Regexp {
	out := make([]*regexp.Regexp, len(list))
	for i, p := range list {
		out[i] = regexp.MustCompile(`(?i)` + p)
	}
	return out
}

// fate is the thing whose fate a question asks for.
type fate struct {
	names []string // as it may be called, the likeliest first
	sure  bool     // nothing else can be meant
	only  bool     // the question asks nothing besides
}

// fateOf reads what thing a question asks the fate of; none if it asks
// something else.
func fateOf(question string) fate {
	q := strings.Trim(strings.NewReplacer("’", "'", "‘", "'").Replace(question), " ?!.。？！¿¡")
	q = strings.TrimPrefix(strings.TrimPrefix(q, "And "), "But ")
	var f fate
	for _, m := range quotedPart.FindAllStringSubmatch(q, 3) {
		f.names = append(f.names, strings.Join(m[1:], ""))
	}
	for i, list := range [][]*regexp.Regexp{fateAsked, fateMaybe} {
		for _, p := range list {
			m := p.FindStringSubmatch(q)
			if m == nil {
				continue
			}
			name := strings.Trim(strings.TrimSpace(m[1]), `"“”„«»「」 `)
			if name == "" {
				return f
			}
			f.sure, f.only = i == 0, true
			f.names = append(f.names, name)
			if bare := determiner.ReplaceAllString(name, ""); bare != name && bare != "" {
				f.names = append(f.names, bare)
			}
			return f
		}
	}
	return f
}

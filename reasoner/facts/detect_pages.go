package facts

import (
	"fmt"
	"slices"
	"strings"

	"github.com/xraytrace/xray"
)

var moreWords = []string{"next_cursor", "nextcursor", "next_page_token", "nextpagetoken", "next_page", "nextpage", "next", "has_more", "hasmore", "has_next", "hasnextpage", "continuation", "continuation_token", "next_token", "nexttoken", "is_truncated", "istruncated", "truncated", "more", "has_more_results", "hasmoreresults", "more_available", "next_url", "next_link", "nextlink", "scroll_id"}
var totalWords = []string{"total", "total_count", "totalcount", "total_results", "totalresults", "total_hits", "totalhits", "found", "num_found", "numfound", "count_total", "nb_hits", "nbhits", "total_items", "totalitems", "total_size", "available", "matches", "total_matches", "totalmatches", "total_found", "total_available", "estimated_total", "hits_total", "total_records", "totalrecords", "total_rows"}
var pagesWords = []string{"total_pages", "totalpages", "page_count", "pagecount", "pages", "num_pages", "numpages", "last_page", "lastpage"}

// detectPagination finds a list that has more pages which no later step reads.
func (f *finder) detectPagination(s *stepInfo) {
	if s.out == nil {
		return
	}
	l := s.found()
	var more, total *param
	for _, p := range s.params {
		if p.side != sideOutput {
			continue
		}
		name := strings.ToLower(p.name)
		switch {
		case slices.Contains(moreWords, name) && !p.v.empty() && p.v.str != "false" && p.v.str != "0" && p.v.scalar():
			more = p
		case slices.Contains(totalWords, name), name == "value" && len(p.words) > 1 && p.words[1] == "total":
			total = p
		case slices.Contains(pagesWords, name) && p.v.kind == number:
			if n, ok := p.v.float(); ok && n > f.pageNumber(s) {
				more = p
			}
		}
	}
	n := 0
	if l != nil {
		n = l.len()
	}
	sum, isNumber := 0.0, false
	if total != nil {
		sum, isNumber = total.v.float()
	}
	short := l != nil && isNumber && sum > float64(n)
	if more == nil && !short || f.pagesRead(s, more) || l == nil && more != nil && more.name == "next" {
		return
	}
	f.paginationFact(s, l, more, total, n, sum, short)
}

// pageNumber is the page that the answer, or the question, says it is.
func (f *finder) pageNumber(s *stepInfo) float64 {
	for _, p := range s.params {
		if name := lowerName(p.name); name == "page" || name == "page_number" || name == "pagenumber" || name == "current_page" || name == "currentpage" {
			if n, ok := p.v.float(); ok {
				return n
			}
		}
	}
	return 1
}

func (f *finder) paginationFact(s *stepInfo, l *list, more, total *param, n int, sum float64, short bool) {
	d := draft{kind: KindPagination, sev: xray.SeverityNotice, step: s.idx, weight: 58, vals: vals{"items": n}}
	d.text = fmt.Sprintf("%s returned %s", f.name(s.idx), plural(n, "item"))
	if short {
		d.text += fmt.Sprintf(" of %s", showNumber(sum))
		d.vals["total"] = sum
		d.ptrs = append(d.ptrs, total.ptr)
	}
	if more != nil {
		d.text += fmt.Sprintf("; the answer says that there are more (%s) and no later step asked for them", strings.TrimPrefix(more.ptr, "/output/"))
		d.ptrs = append(d.ptrs, more.ptr)
		d.weight += 8
	} else if f.asked(s, n) {
		// The step asked for so many and got them: a chosen page size.
		d.sev, d.weight = xray.SeverityInfo, 22
		d.text += ", as many as it asked for"
	} else {
		d.text += "; the others were never read"
	}
	if l != nil {
		d.ptrs = append(d.ptrs, l.home())
	}
	d.text += "."
	d.short = fmt.Sprintf("%s read only %d", f.name(s.idx), n)
	if short {
		d.short += " of " + showNumber(sum)
	}
	f.add(d)
}

func (f *finder) asked(s *stepInfo, n int) bool {
	for _, p := range s.params {
		if x, ok := p.v.float(); ok && p.side != sideOutput && p.v.scalar() && x == float64(n) && limitWords.anyOf(p.words) {
			return true
		}
	}
	return false
}

// pagesRead tells whether a later call of the same step went on: it has the
// cursor in its input, or another page number.
func (f *finder) pagesRead(s *stepInfo, more *param) bool {
	for _, o := range f.steps {
		if o.idx == s.idx || o.in == nil {
			continue
		}
		if o.d.Name == s.d.Name && o.parent == s.parent && anotherPage(o.in, s.in) {
			return true
		}
		if more != nil && more.v.kind == text && len(more.v.str) > 2 {
			for _, p := range o.params {
				if p.side == sideInput && p.v.str == more.v.str {
					return true
				}
			}
		}
	}
	return len(s.kids) > 0 && slices.ContainsFunc(s.kids, func(k int) bool { return f.steps[k].found() != nil })
}

var pageNames = newSet("cursor next_cursor nextcursor page page_number pagenumber page_token pagetoken next_token nexttoken offset skip start after before from continuation marker token starting_after")

// anotherPage tells whether two inputs are the same request but for the page.
func anotherPage(a, b *value) bool {
	if a == nil || b == nil || a.kind != object || b.kind != object {
		return false
	}
	differs := false
	for _, pair := range [2][2]*value{{a, b}, {b, a}} {
		for i := range pair[0].elems {
			m := &pair[0].elems[i]
			o := pair[1].get(m.key)
			switch {
			case o != nil && same(m, o):
			case pageNames[lowerName(m.key)]:
				differs = true
			default:
				return false
			}
		}
	}
	return differs
}

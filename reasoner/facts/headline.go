package facts

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/xraytrace/xray"
)

// headline is the run in a sentence: how it ended, and the most telling thing
// about why.
func (f *finder) headline() string {
	end := f.outcome()
	var because []string
	for _, d := range f.drafts {
		if d.short == "" || d.sev == xray.SeverityInfo || d.effect || len(because) >= 2 {
			continue
		}
		if len(because) == 1 && (d.sev != xray.SeverityAlarm || strings.Contains(because[0], d.short) || d.step == f.drafts[0].step) {
			continue
		}
		if d.sev == xray.SeverityNotice && d.weight < 40 {
			continue
		}
		because = append(because, d.short)
	}
	if len(because) == 0 {
		if st := f.decisive(); st != nil && end != "" && !st.pick() {
			because = append(because, fmt.Sprintf("%s kept %d of %d", f.name(st.step), st.nKept, st.in.len()))
		}
	}
	switch {
	case end == "Failed" && len(because) > 0:
		return "Failed: " + strings.Join(because, "; ") + "."
	case end == "" && len(because) == 0:
		return ""
	case end == "":
		return upperFirst(strings.Join(because, "; ")) + "."
	case len(because) == 0:
		return end + "."
	}
	return end + "; " + strings.Join(because, "; ") + "."
}

func upperFirst(s string) string {
	if s == "" {
		return s
	}
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}

// decisive is the station that dropped most.
func (f *finder) decisive() *station {
	var best *station
	for _, st := range f.stations {
		if st.dropped() > 0 && (best == nil || st.dropped() > best.dropped()) {
			best = st
		}
	}
	return best
}

// outcome says how the run ended as far as items and errors tell.
func (f *finder) outcome() string {
	if f.e.Info.Status == xray.StatusError {
		return "Failed"
	}
	if len(f.stations) > 0 {
		last := f.stations[len(f.stations)-1]
		total := f.stations[0].in.len()
		for _, st := range f.stations {
			if st.in.len() > total && st.nKept > 0 {
				total = st.in.len()
			}
		}
		switch {
		case last.outN() == 0:
			return fmt.Sprintf("Ended with none of %d candidates", total)
		case last.pick() && last.outN() == 1:
			return fmt.Sprintf("Picked %s of %d candidates", last.in.itemName(slices.Index(last.kept, true)), total)
		case last.outN() == total:
			return fmt.Sprintf("Ended with all %d candidates", total)
		}
		return fmt.Sprintf("Ended with %d of %d candidates", last.outN(), total)
	}
	for k := len(f.order) - 1; k >= 0; k-- {
		if l := f.steps[f.order[k]].found(); l != nil {
			return fmt.Sprintf("Ended with %s", plural(l.len(), "item"))
		}
	}
	return ""
}

// stepLine is the sentence for one step: what is most telling about it, else
// what it did.
func (f *finder) stepLine(s *stepInfo) string {
	line := ""
	for _, d := range f.drafts {
		if d.step == s.idx && d.sev != xray.SeverityInfo && d.weight >= 40 && d.short != "" {
			line = d.text
			break
		}
	}
	if st := f.byStep[s.idx]; st != nil {
		what := fmt.Sprintf("Kept %d of %d", st.nKept, st.in.len())
		if st.pick() {
			what = fmt.Sprintf("Picked %s of %d", st.in.itemName(slices.Index(st.kept, true)), st.in.len())
		} else if st.mention {
			what = fmt.Sprintf("Named %d of %d", st.nKept, st.in.len())
		} else if st.nKept == 0 {
			what = fmt.Sprintf("Dropped all %d", st.in.len())
		}
		if len(st.added) > 0 {
			what += fmt.Sprintf(" and added %d", len(st.added))
		}
		if why := f.whyText(st); why != "" {
			what += ": " + why
		}
		what += "."
		if line == "" {
			return what
		}
		if strings.HasPrefix(line, f.name(s.idx)+" kept") || strings.HasPrefix(line, f.name(s.idx)+" dropped all") {
			return line
		}
		return what + " " + line
	}
	if line != "" {
		return line
	}
	if l := s.found(); l != nil && len(s.kids) == 0 {
		return fmt.Sprintf("Put out %s.", plural(l.len(), "item"))
	}
	return ""
}

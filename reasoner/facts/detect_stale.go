package facts

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/xraytrace/xray"
)

var (
	fetchedNames = []string{"cachedat", "fetchedat", "asof", "snapshotat", "snapshotdate", "indexedat", "indexdate", "lastrefreshed", "lastsync", "lastsynced", "syncedat", "refreshedat", "crawledat", "dataasof", "datatimestamp", "cachetime", "cachedon", "lastindexed", "retrievedat", "generatedat", "validasof", "stand"}
	expiryNames  = []string{"expiresat", "expiry", "expires", "validuntil", "expiration", "staleafter"}
	ageNames     = newSet("age ages ageh ages agems ageseconds agesec agems agehours agedays cacheage cacheageseconds ageminutes")
)

const (
	oldCache = 24 * time.Hour     // a cache entry this old is worth a look
	oldData  = 7 * 24 * time.Hour // so is a snapshot
)

// detectStale finds data that say of themselves that they are old: a passed
// expiry, an old time of fetching, a stale mark.
func (f *finder) detectStale(s *stepInfo) {
	now := s.d.Start.Time()
	if now.Year() < 2000 || s.out == nil && s.attr == nil {
		return
	}
	hit, fresh := f.cacheHit(s), f.stillValid(s, now)
	for _, p := range s.params {
		if p.side == sideInput || p.list != nil && !f.clockList(p) || p.v.kind == null {
			continue
		}
		name := strings.ToLower(strings.Join(wordsRaw(p.name), ""))
		if at := strings.LastIndexByte(p.name, '.'); at >= 0 {
			name = strings.ToLower(strings.Join(wordsRaw(p.name[at+1:]), ""))
		}
		switch {
		case (name == "stale" || name == "isstale") && p.v.str == "true":
			f.staleFact(s, p, xray.SeverityAlarm, "says of itself that it is stale")
			return
		case slices.Contains(expiryNames, name):
			if t, ok := timeOf(p.v); ok && t.Before(now.Add(-time.Minute)) && s.parent != -1 {
				f.staleFact(s, p, f.staleSeverity(hit || strings.Contains(strings.ToLower(p.name), "cache"), 2*oldData), "had expired "+ago(now.Sub(t))+" before")
				return
			}
		case slices.Contains(fetchedNames, name), hit && (name == "updatedat" || name == "lastupdated" || name == "timestamp" || name == "storedat" || name == "createdat"):
			t, ok := timeOf(p.v)
			limit := oldData
			if hit || strings.Contains(name, "cache") {
				limit = oldCache
			}
			if ok && now.Sub(t) > limit && t.Year() > 1990 && !fresh {
				f.staleFact(s, p, f.staleSeverity(hit || limit == oldCache, now.Sub(t)), "is from "+p.v.str+", "+ago(now.Sub(t))+" before the run")
				return
			}
		case ageNames[name] || ageNames[strings.TrimPrefix(name, "cache")]:
			if old := f.olderThanTTL(s, p); old != "" {
				f.staleFact(s, p, xray.SeverityAlarm, old)
				return
			}
			if age := ageOf(p); (hit || strings.Contains(strings.ToLower(p.ptr), "cache")) && age > oldCache && !fresh {
				f.staleFact(s, p, f.staleSeverity(true, age), "comes from a cache entry "+ago(age)+" old")
				return
			}
		}
	}
}

func (f *finder) clockList(p *param) bool { return p.list.len() <= 3 }

// wordsRaw splits a name without making words singular (expires stays).
func wordsRaw(name string) []string {
	return strings.FieldsFunc(name, func(r rune) bool { return r == '_' || r == '-' || r == ' ' })
}

func (f *finder) staleSeverity(cached bool, age time.Duration) xray.Severity {
	if cached && age > oldData {
		return xray.SeverityAlarm
	}
	return xray.SeverityNotice
}

// stillValid tells whether the data carry an expiry that lies ahead.
func (f *finder) stillValid(s *stepInfo, now time.Time) bool {
	for _, p := range s.params {
		if p.side != sideInput && slices.Contains(expiryNames, strings.ToLower(strings.Join(wordsRaw(p.name), ""))) {
			if t, ok := timeOf(p.v); ok && t.After(now) {
				return true
			}
		}
	}
	return false
}

func (f *finder) cacheHit(s *stepInfo) bool {
	for _, p := range s.params {
		if p.side == sideInput {
			continue
		}
		name := strings.ToLower(p.name)
		if strings.Contains(name, "cache") && (p.v.str == "true" || strings.EqualFold(p.v.str, "hit")) {
			return true
		}
		if (name == "source" || name == "origin" || name == "served_from") && p.v.kind == text && strings.Contains(strings.ToLower(p.v.str), "cache") {
			return true
		}
	}
	return false
}

func (f *finder) olderThanTTL(s *stepInfo, age *param) string {
	a, ok := age.v.float()
	if !ok {
		return ""
	}
	for _, p := range s.params {
		name := strings.ToLower(p.name)
		if p == age || !strings.Contains(name, "ttl") && !strings.Contains(strings.ReplaceAll(name, "_", ""), "maxage") {
			continue
		}
		if ttl, ok := p.v.float(); ok && ttl > 0 && a > ttl && sameUnit(age.name, p.name) {
			return fmt.Sprintf("has age %s, beyond the limit of %s (%s)", age.v.str, p.v.str, p.name)
		}
	}
	return ""
}

// ageOf reads an age by the unit in its name; seconds if it has none.
func ageOf(p *param) time.Duration {
	a, ok := p.v.float()
	if !ok || a < 0 || a > 1e10 {
		return 0
	}
	name, unit := strings.ToLower(p.name), time.Second
	switch {
	case strings.Contains(name, "day"):
		unit = 24 * time.Hour
	case strings.Contains(name, "hour") || strings.HasSuffix(name, "_h"):
		unit = time.Hour
	case strings.Contains(name, "min"):
		unit = time.Minute
	case strings.HasSuffix(name, "ms") || strings.Contains(name, "milli"):
		unit = time.Millisecond
	}
	return time.Duration(min(a*float64(unit), 1e18))
}

func sameUnit(a, b string) bool {
	unit := func(s string) string {
		for _, u := range []string{"day", "hour", "minute", "_ms", "milli"} {
			if strings.Contains(strings.ToLower(s), u) {
				return u
			}
		}
		return ""
	}
	return unit(a) == unit(b)
}

// timeOf reads an ISO time, or seconds or milliseconds since 1970.
func timeOf(v *value) (time.Time, bool) {
	if sec, ok := dateOf(v); ok {
		return time.Unix(int64(sec), 0), true
	}
	n, ok := v.float()
	switch {
	case !ok:
		return time.Time{}, false
	case n > 1e12 && n < 1e13:
		return time.UnixMilli(int64(n)), true
	case n > 1e9 && n < 1e10:
		return time.Unix(int64(n), 0), true
	}
	return time.Time{}, false
}

func ago(d time.Duration) string {
	switch {
	case d > 48*time.Hour:
		return plural(int(d.Hours()/24), "day")
	case d > 2*time.Hour:
		return plural(int(d.Hours()), "hour")
	}
	return plural(int(d.Minutes()), "minute")
}

func (f *finder) staleFact(s *stepInfo, p *param, sev xray.Severity, what string) {
	w := 60.0
	if sev == xray.SeverityAlarm {
		w = 78
	}
	f.add(draft{kind: KindStale, sev: sev, step: s.idx, weight: w, ptrs: []string{p.ptr}, vals: vals{"field": p.name, "value": string(p.v.raw())},
		text:  fmt.Sprintf("What %s put out %s (%s).", f.name(s.idx), what, strings.TrimPrefix(p.ptr, "/")),
		short: fmt.Sprintf("%s used stale data", f.name(s.idx))})
}

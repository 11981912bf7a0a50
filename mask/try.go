package mask

import (
	"crypto/rand"
	"encoding/json"
	"strings"

	"github.com/xraytrace/xray"
)

// Trial is what settings make of a sample.
type Trial struct {
	Stored     string // what would be stored
	StoredHits []xray.MaskHit
	Shown      string // what a model would be shown of that
	ShownHits  []xray.MaskHit
}

// Try tells what settings would make of a text that comes as an attribute's
// value. Hashes are made with a key for this once, so that nobody finds out by
// trying what a stored hash stands for. Settings that cannot be are CodeInvalid.
func Try(set xray.MaskSettings, attribute, sample string) (Trial, error) {
	key := make([]byte, 32)
	rand.Read(key) // never fails: crypto/rand aborts the program instead
	set, err := set.Normalized()
	if err != nil {
		return Trial{}, err
	}
	storing, err := New(set.Rules, key)
	if err != nil {
		return Trial{}, err
	}
	showing, err := ForModel(set)
	if err != nil {
		return Trial{}, err
	}
	var out Trial
	out.Stored, out.StoredHits = storing.try(attribute, sample)
	out.Shown, out.ShownHits = showing.try(attribute, out.Stored)
	if set.Model.StructureOnly {
		out.Shown = string(Structure(json.RawMessage(out.Shown)))
	}
	return out, nil
}

func (m *Masker) try(attribute, text string) (string, []xray.MaskHit) {
	hits := []xray.MaskHit{}
	if m == nil {
		return text, hits
	}
	p := m.Pass()
	p.note = func(rule string, way []string) {
		var where strings.Builder
		for _, name := range way {
			where.WriteString("/" + escape.Replace(name))
		}
		if n := len(hits); n > 0 && hits[n-1].Rule == rule && hits[n-1].Where == where.String() {
			hits[n-1].Count++
			return
		}
		hits = append(hits, xray.MaskHit{Rule: rule, Where: where.String(), Count: 1})
	}
	s := p.Enter(p.Root(), attribute)
	defer p.Leave()
	if p.Removed(s) {
		return "", hits
	}
	masked, _ := p.Text(s, text)
	return masked, hits
}

var escape = strings.NewReplacer("~", "~0", "/", "~1")

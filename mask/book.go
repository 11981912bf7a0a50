package mask

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/xraytrace/xray"
)

// Book holds the maskers of all projects, as they were when they were last
// read. It refuses to answer from what may be out of date. It is safe for
// concurrent use.
type Book struct {
	clock func() time.Time
	usual page // of projects that have set nothing

	refreshing sync.Mutex

	mu       sync.RWMutex
	read     time.Time // when the projects were last known to be so
	projects map[int32]page
}

// page is what one project has set.
type page struct {
	store, model  *Masker
	structureOnly bool
	err           error // its settings cannot be used
}

// Trust is how long a [Book] answers without hearing that nothing has changed.
const Trust = 15 * time.Second

// NewBook makes a book in which nothing has been read. clock is time.Now if nil.
func NewBook(clock func() time.Time) *Book {
	if clock == nil {
		clock = time.Now
	}
	return &Book{clock: clock, usual: compile(xray.MaskedProject{Settings: xray.DefaultMaskSettings()})}
}

// Refresh replaces what the book knows by what read returns, if it returns no
// error. broken are the settings that cannot be used: their projects are
// answered with an error until they can. One refresh waits for another, so that
// what was read earlier never replaces what was read later.
func (b *Book) Refresh(ctx context.Context, read func(context.Context) ([]xray.MaskedProject, error)) (broken, err error) {
	b.refreshing.Lock()
	defer b.refreshing.Unlock()
	asked := b.clock()
	all, err := read(ctx)
	if err != nil {
		return nil, err
	}
	projects := make(map[int32]page, len(all))
	var errs []error
	for _, p := range all {
		page := compile(p)
		projects[p.ID] = page
		errs = append(errs, page.err)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.projects, b.read = projects, asked
	return errors.Join(errs...), nil
}

// Confirm says that nothing has changed since the last refresh.
func (b *Book) Confirm() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.projects != nil {
		b.read = b.clock()
	}
}

func compile(p xray.MaskedProject) (out page) {
	if out.err = p.Err; out.err != nil {
		return out
	}
	out.structureOnly = p.Settings.Model.StructureOnly
	if out.store, out.err = New(p.Settings.Rules, p.Key); out.err == nil {
		out.model, out.err = ForModel(p.Settings)
	}
	return out
}

// ForModel compiles what a model is not shown: what is not stored, because it
// may have been before there was a rule, and the presets for models. All is
// replaced, so that pointers into the rest stay right.
func ForModel(set xray.MaskSettings) (*Masker, error) {
	var rules []xray.MaskRule
	taken := map[xray.MaskPreset]bool{}
	for _, r := range set.Rules {
		if len(r.Fields) == 0 {
			taken[r.Preset] = true
		}
		r.Action = xray.MaskReplace
		rules = append(rules, r)
	}
	for _, p := range set.Model.Presets {
		if !taken[p] {
			rules = append(rules, xray.MaskRule{Name: string(p), Preset: p, Action: xray.MaskReplace})
		}
	}
	return build(rules, nil)
}

// Storing returns what is masked before anything of a project is stored, nil if
// nothing is. An error is CodeUnavailable: then nothing may be stored.
func (b *Book) Storing(project int32) (*Masker, error) {
	p, err := b.page(project)
	return p.store, err
}

// ForModels returns what is masked before a model is shown anything of a
// project, and whether it may be shown no text at all. An error is
// CodeUnavailable: then a model may be shown nothing.
func (b *Book) ForModels(project int32) (m *Masker, structureOnly bool, err error) {
	p, err := b.page(project)
	return p.model, p.structureOnly, err
}

func (b *Book) page(project int32) (page, error) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	if b.projects == nil || b.clock().Sub(b.read) > Trust {
		return page{}, unreadable("the masking rules cannot be read at the moment: nothing is taken unmasked; send it again later")
	}
	p, there := b.projects[project]
	if !there {
		p = b.usual
	}
	if p.err != nil {
		return page{}, unreadable("the project's masking rules cannot be used: nothing is taken unmasked; mend them under Settings")
	}
	return p, nil
}

func unreadable(message string) error {
	e := xray.Errorf(xray.CodeUnavailable, "%s", message)
	e.RetryAfter = 5 * time.Second
	return e
}

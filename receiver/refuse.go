package receiver

import (
	"cmp"
	"fmt"
)

// refuse takes from m the records that scan finds unsound, and those under an
// unsound scope or resource. It returns what to say about them, and how many
// bytes decoding what the others share will take; their own cost is with them.
func (m *message) refuse(scan func([]byte) sound) (part partial, shared int64) {
	faults := m.scanShared(&shared)
	var refused refusals
	m.keep(func(r *record) bool {
		s := scan(r.body)
		if s.fault == "" {
			s.fault = faults[r.scope]
		}
		if s.fault != "" {
			refused.add(s.fault)
			return false
		}
		r.cost = s.cost
		return true
	})
	return refused.partial(), shared
}

// scanShared returns for each scope what is wrong with it or its resource.
func (m *message) scanShared(cost *int64) []string {
	resources := make([]string, len(m.resources))
	for i, header := range m.resources {
		s := scanResource(header)
		resources[i] = s.fault
		*cost += s.cost
	}
	scopes := make([]string, len(m.scopes))
	for i, sc := range m.scopes {
		s := scanScope(sc.fields)
		scopes[i] = cmp.Or(s.fault, resources[sc.resource])
		*cost += s.cost
	}
	return scopes
}

// keep leaves only the good records in m.
func (m *message) keep(good func(*record) bool) {
	kept := m.records[:0]
	for i := range m.records {
		if good(&m.records[i]) {
			kept = append(kept, m.records[i])
		}
	}
	m.records = kept
}

// refusals collects why records were refused; the first reason is told.
type refusals struct {
	count int
	first string
}

func (r *refusals) add(fault string) {
	if r.count == 0 {
		r.first = fault
	}
	r.count++
}

func (r *refusals) partial() partial {
	if r.count == 0 {
		return partial{}
	}
	return partial{rejected: r.count, message: fmt.Sprintf("%d refused; the first: %s", r.count, r.first)}
}

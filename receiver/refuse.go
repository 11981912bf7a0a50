package receiver

import (
	"cmp"
	"fmt"

	"google.golang.org/protobuf/encoding/protowire"

	"go.opentelemetry.io/collector/pdata/ptrace"
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
	const resourceAttributes, scopeAttributes = protowire.Number(1), protowire.Number(3)
	resources := make([]string, len(m.resources))
	for i, header := range m.resources {
		s := scanHeader(header, resourceAttributes)
		resources[i] = s.fault
		*cost += s.cost
	}
	scopes := make([]string, len(m.scopes))
	for i, sc := range m.scopes {
		s := scanHeader(sc.fields, scopeAttributes)
		scopes[i] = cmp.Or(s.fault, resources[sc.resource])
		*cost += s.cost
	}
	return scopes
}

// refuseUndecodable takes from m the spans that pdata does not decode though
// they looked sound: a known field of the wrong type. It reports whether there
// were any.
func (m *message) refuseUndecodable(part *partial) bool {
	var refused refusals
	m.keep(func(r *record) bool {
		_, err := (&ptrace.ProtoUnmarshaler{}).UnmarshalTraces(m.appendRecords(nil, []record{*r}))
		if err != nil {
			refused.add(err.Error())
		}
		return err == nil
	})
	more := refused.partial()
	part.rejected += more.rejected
	if part.message == "" {
		part.message = more.message
	}
	return more.rejected > 0
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

package receiver

import "iter"

// segmentTarget is the raw size at which a request is cut into several
// segments. One payload is read by unpacking one segment, so it bounds what
// reading a step costs; larger ones hardly compress better.
const segmentTarget = 1 << 20

// pieces cuts the records of m into runs of at most target bytes, headers
// included, unless a single record is larger. With all of m in one run it
// yields original, the bytes as they came, if that is not nil.
func (m *message) pieces(original []byte, target int) iter.Seq2[[]record, []byte] {
	return func(yield func([]record, []byte) bool) {
		if original != nil && len(original) <= target {
			yield(m.records, original)
			return
		}
		for rest := m.records; len(rest) > 0; {
			n := m.fill(rest, target)
			if n == len(m.records) && original != nil {
				yield(m.records, original)
				return
			}
			if !yield(rest[:n], m.encode(rest[:n])) {
				return
			}
			rest = rest[n:]
		}
	}
}

// fill returns how many of the records fit into target bytes: at least one,
// and so many that the headers, which each piece repeats, are not most of it.
// Length prefixes of the outer layers are not counted; they are a few bytes.
func (m *message) fill(records []record, target int) int {
	headers, bodies, scope, resource := 0, 0, -1, -1
	for i, r := range records {
		if bodies > 0 && bodies >= headers && headers+bodies+recordSize(r) > target {
			return i
		}
		if r.scope != scope {
			scope = r.scope
			headers += len(m.scopes[scope].fields)
			if res := m.scopes[scope].resource; res != resource {
				resource = res
				headers += len(m.resources[res])
			}
		}
		bodies += recordSize(r)
	}
	return len(records)
}

// decodeCost is what decoding these records takes, besides what they share.
func decodeCost(records []record) (cost int64) {
	for _, r := range records {
		cost += r.cost
	}
	return cost
}

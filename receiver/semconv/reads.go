package semconv

// Reads reports whether [Mapper.Step] looks at a span attribute of this key,
// by itself or as one of a family. Who decodes spans for Step alone may leave
// out all other attributes, all links, and the events that [Mapper.ReadsEvent]
// does not name: the step is the same.
func (m *Mapper) Reads(key []byte) bool {
	if _, ok := m.vocabulary.ids[string(key)]; ok {
		return true
	}
	if len(key) == 0 {
		return false
	}
	for _, f := range m.vocabulary.families[key[0]] {
		if len(key) > len(f.prefix) && string(key[:len(f.prefix)]) == f.prefix {
			return true
		}
	}
	return false
}

// ReadsEvent reports whether [Mapper.Step] looks at span events of this name.
func (m *Mapper) ReadsEvent(name []byte) bool { return string(name) == "exception" }

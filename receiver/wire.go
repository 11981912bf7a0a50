package receiver

import (
	"errors"

	"google.golang.org/protobuf/encoding/protowire"
)

// TracesData and LogsData have the same skeleton with the same field numbers:
// resources (1) hold scopes (2) hold records (2); fields 1 and 3 of the middle
// layers are the resource or scope itself and its schema URL. So one walk
// serves both signals, and it never looks inside a record.
const (
	fieldResource = 1 // of TracesData, LogsData: resource_spans, resource_logs
	fieldScope    = 2 // of ResourceSpans, ResourceLogs
	fieldRecord   = 2 // of ScopeSpans, ScopeLogs

	// fieldOldScope held the scopes before OTLP 0.15 (2022).
	fieldOldScope = 1000
)

var (
	errMalformed = errors.New("malformed protobuf")
	errOldScopes = errors.New("scopes in the field that OTLP 0.15 retired")
)

// record is one span or log record where it lies in a message. Its bytes alias
// the message.
type record struct {
	scope int // index into message.scopes
	body  []byte
	cost  int64 // bytes it takes decoded, besides texts; set by refuse
}

// scopeHeader is what the records of one scope share: the fields of the
// ScopeSpans besides its records, and the resource it belongs to.
type scopeHeader struct {
	resource int // index into message.resources
	fields   []byte
}

// message is the skeleton of a TracesData or LogsData: its records in order,
// each with what it shares with others. Scopes and resources without records
// are left out; a client can say nothing with them.
type message struct {
	records   []record
	scopes    []scopeHeader
	resources [][]byte // the fields of a ResourceSpans besides its scopes
}

// parse walks the three outer layers of data. It fails on what is not
// protobuf, and with errOldScopes on a form that pdata has to migrate first.
func parse(data []byte) (*message, error) {
	m := &message{}
	for len(data) > 0 {
		f, rest, ok := cut(data)
		if !ok {
			return nil, errMalformed
		}
		data = rest
		if f.num != fieldResource {
			continue // nothing else is defined here
		}
		if f.typ != protowire.BytesType {
			return nil, errMalformed
		}
		if err := m.parseResource(f.content); err != nil {
			return nil, err
		}
	}
	return m, nil
}

func (m *message) parseResource(data []byte) error {
	resource, firstScope := len(m.resources), len(m.scopes)
	var header []byte
	for len(data) > 0 {
		f, rest, ok := cut(data)
		switch {
		case !ok:
			return errMalformed
		case f.num == fieldOldScope:
			return errOldScopes
		case f.num != fieldScope:
			header = appendShared(header, data[:len(data)-len(rest)])
		case f.typ != protowire.BytesType:
			return errMalformed
		default:
			if err := m.parseScope(resource, f.content); err != nil {
				return err
			}
		}
		data = rest
	}
	if len(m.scopes) > firstScope {
		m.resources = append(m.resources, header)
	}
	return nil
}

func (m *message) parseScope(resource int, data []byte) error {
	scope, firstRecord := len(m.scopes), len(m.records)
	var header []byte
	for len(data) > 0 {
		f, rest, ok := cut(data)
		switch {
		case !ok:
			return errMalformed
		case f.num != fieldRecord:
			header = appendShared(header, data[:len(data)-len(rest)])
		case f.typ != protowire.BytesType:
			return errMalformed
		default:
			m.records = append(m.records, record{scope: scope, body: f.content})
		}
		data = rest
	}
	if len(m.records) > firstRecord {
		m.scopes = append(m.scopes, scopeHeader{resource: resource, fields: header})
	}
	return nil
}

// appendShared joins header fields; the usual single one is not copied.
func appendShared(header, raw []byte) []byte {
	if header == nil {
		return raw[:len(raw):len(raw)]
	}
	return append(header, raw...)
}

// wireField is one field of a message; content is what a length-delimited one
// holds, nil for other types.
type wireField struct {
	num     protowire.Number
	typ     protowire.Type
	content []byte
}

// cut splits the first field off data, which is not empty.
func cut(data []byte) (f wireField, rest []byte, ok bool) {
	// Nearly all fields of OTLP: numbers below 16, fewer than 128 bytes.
	if len(data) > 1 && data[0] < 0x80 && data[0]&7 == byte(protowire.BytesType) && data[0] > 7 && data[1] < 0x80 {
		end := 2 + int(data[1])
		if end > len(data) {
			return f, nil, false
		}
		return wireField{protowire.Number(data[0] >> 3), protowire.BytesType, data[2:end]}, data[end:], true
	}
	return cutAny(data)
}

func cutAny(data []byte) (f wireField, rest []byte, ok bool) {
	num, typ, n := protowire.ConsumeTag(data)
	if n < 0 {
		return f, nil, false
	}
	f = wireField{num: num, typ: typ}
	var size int
	if typ == protowire.BytesType {
		f.content, size = protowire.ConsumeBytes(data[n:])
	} else {
		size = protowire.ConsumeFieldValue(num, typ, data[n:])
	}
	if size < 0 {
		return f, nil, false
	}
	return f, data[n+size:], true
}

// encode makes a message of exactly these records of m, in this order.
func (m *message) encode(records []record) []byte {
	size := 0
	for _, r := range records {
		size += recordSize(r)
	}
	const headers = 1 << 10 // usually enough; it grows if not
	return m.appendRecords(make([]byte, 0, size+headers), records)
}

// appendRecords appends a message of exactly these records of m, in this
// order, each under its own resource and scope.
func (m *message) appendRecords(dst []byte, records []record) []byte {
	for len(records) > 0 {
		n := m.sameResource(records)
		dst = m.appendResource(dst, records[:n])
		records = records[n:]
	}
	return dst
}

func (m *message) sameResource(records []record) int {
	resource := m.scopes[records[0].scope].resource
	n := 1
	for n < len(records) && m.scopes[records[n].scope].resource == resource {
		n++
	}
	return n
}

func sameScope(records []record) int {
	n := 1
	for n < len(records) && records[n].scope == records[0].scope {
		n++
	}
	return n
}

func (m *message) appendResource(dst []byte, records []record) []byte {
	header := m.resources[m.scopes[records[0].scope].resource]
	size := len(header)
	for rest := records; len(rest) > 0; {
		n := sameScope(rest)
		size += protowire.SizeTag(fieldScope) + protowire.SizeBytes(m.scopeSize(rest[:n]))
		rest = rest[n:]
	}
	dst = protowire.AppendTag(dst, fieldResource, protowire.BytesType)
	dst = protowire.AppendVarint(dst, uint64(size))
	dst = append(dst, header...)
	for len(records) > 0 {
		n := sameScope(records)
		dst = m.appendScope(dst, records[:n])
		records = records[n:]
	}
	return dst
}

func (m *message) scopeSize(records []record) int {
	size := len(m.scopes[records[0].scope].fields)
	for _, r := range records {
		size += recordSize(r)
	}
	return size
}

func recordSize(r record) int {
	return protowire.SizeTag(fieldRecord) + protowire.SizeBytes(len(r.body))
}

func (m *message) appendScope(dst []byte, records []record) []byte {
	dst = protowire.AppendTag(dst, fieldScope, protowire.BytesType)
	dst = protowire.AppendVarint(dst, uint64(m.scopeSize(records)))
	dst = append(dst, m.scopes[records[0].scope].fields...)
	for _, r := range records {
		dst = protowire.AppendTag(dst, fieldRecord, protowire.BytesType)
		dst = protowire.AppendBytes(dst, r.body)
	}
	return dst
}

package receiver

import (
	"cmp"

	"github.com/xraytrace/xray"
)

// Limiter knows what may be taken from whom, and keeps the ingest log. Errors are
// CodeLimit and say when to come again.
type Limiter interface {
	// Enter asks whether a request may come in, before it is read; reason is a
	// word for the log.
	Enter(p xray.Principal) (reason string, err error)
	// Most is how many bytes a request may have unpacked, at most fallback.
	Most(p xray.Principal, fallback int64) int64
	// Charge books the unpacked bytes of a request, before it is decoded.
	Charge(p xray.Principal, bytes int64)
	// Taken counts a request that was stored; why tells of the records that were
	// refused.
	Taken(p xray.Principal, records, refused int, bytes int64, why string)
	Refused(p xray.Principal, reason string, bytes int64, why string)
}

// noLimits takes everything and remembers nothing.
type noLimits struct{}

func (noLimits) Enter(xray.Principal) (string, error)                    { return "", nil }
func (noLimits) Most(_ xray.Principal, fallback int64) int64             { return fallback }
func (noLimits) Charge(xray.Principal, int64)                            {}
func (noLimits) Taken(xray.Principal, int, int, int64, string)           {}
func (noLimits) Refused(_ xray.Principal, _ string, _ int64, why string) {}

// visit is a request on its way in, as limits and the ingest log see it.
type visit struct {
	limits Limiter
	caller xray.Principal
	reason string // why the limits refused it
	bytes  int64  // unpacked
	kept   int    // records that were stored
}

// enter begins a visit. It is to be ended also when there is an error.
func (r *Receiver) enter(p xray.Principal) (*visit, error) {
	v := &visit{limits: r.opts.Limits, caller: p}
	err := mayIngest(p)
	if err == nil {
		v.reason, err = v.limits.Enter(p)
	}
	return v, err
}

// most is how many bytes the request may have unpacked.
func (v *visit) most(fallback int64) int64 { return v.limits.Most(v.caller, fallback) }

// arrived books the bytes. Beyond the limit on a single request is CodeTooLarge:
// coming again would not help.
func (v *visit) arrived(bytes int, most int64) error {
	v.bytes = int64(bytes)
	if v.bytes > most {
		return v.tooLarge(most)
	}
	v.limits.Charge(v.caller, v.bytes)
	return nil
}

func (v *visit) tooLarge(most int64) error {
	v.reason = xray.ReasonSize
	return xray.Errorf(xray.CodeTooLarge, "the request is larger than %d bytes unpacked, which is the most that this project or key may send at once: send smaller batches", most)
}

// end writes the visit into the log.
func (v *visit) end(part partial, err error) {
	if err == nil {
		v.limits.Taken(v.caller, v.kept, part.rejected, v.bytes, part.message)
		return
	}
	v.limits.Refused(v.caller, cmp.Or(v.reason, string(xray.ErrorCode(err))), v.bytes, answerTo(err).message)
}

package reasoner

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"hash"
	"slices"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/reasoner/verify"
)

// basis names everything that an explanation depends on: what was recorded,
// the facts, which earlier runs take part in, the verifier, and the model with
// its prompts if there is one. A span that is delivered twice changes nothing
// of it; one that comes late does.
func (s *subject) basis(m chosen, promptVersion string) xray.Basis {
	facts, err := json.Marshal(s.findings.Facts)
	if err != nil {
		facts = nil // raw values that are no JSON; the steps say what changed
	}
	recorded := s.recorded()
	parts := []string{verify.Version, s.job.StepID.String(), string(recorded[:]), string(facts)}
	out := xray.Basis{}
	if m.model != nil {
		out.PromptVersion = promptVersion
		parts = append(parts, m.baseURL, m.name, m.guard.version())
	}
	h := sha256.New()
	addParts(h, parts...)
	out.Content = [32]byte(h.Sum(nil))
	return out
}

// recorded is a hash of what was recorded: the execution and its steps, without
// anything that was found out about them.
func (s *subject) recorded() [32]byte {
	h := sha256.New()
	addParts(h, s.execution.Name, s.execution.Status.String(), string(s.execution.FinalOutcome))
	for i := range s.steps {
		d := &s.steps[i]
		addParts(h, d.SpanID.String(), d.ParentID.String(), d.Name, string(d.Type), d.Status.String(), d.Error, d.Model,
			string(d.Input), string(d.Output), string(d.Attributes))
	}
	return [32]byte(h.Sum(nil))
}

// addParts adds texts to a hash so that where one ends counts.
func addParts(h hash.Hash, parts ...string) {
	var n [8]byte
	for _, p := range parts {
		binary.BigEndian.PutUint64(n[:], uint64(len(p)))
		h.Write(n[:])
		h.Write([]byte(p))
	}
}

// byModel reports whether a model wrote what was asked for: the explanation of
// the whole, or of the step.
func byModel(x xray.Explanation, step xray.SpanID) bool {
	i := slices.IndexFunc(x.Reasonings, func(r xray.Reasoning) bool { return r.StepID == step })
	return i >= 0 && x.Reasonings[i].Source == xray.SourceModel
}

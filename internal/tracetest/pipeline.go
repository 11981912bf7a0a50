package tracetest

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/xraytrace/xray"
)

// Pipeline is one run in the compact form of the corpus of planted causes.
type Pipeline struct {
	File  string `json:"-"`
	Title string `json:"title"`
	// Cause is what was planted; nil for a healthy run.
	Cause *Cause         `json:"cause"`
	Steps []PipelineStep `json:"steps"`
	// From is when it began; [Start] if zero.
	From time.Time `json:"-"`
}

// Cause names the planted cause: a fact of one of Kinds at one of Steps is to
// be among the first three.
type Cause struct {
	Kinds []string `json:"kinds"`
	Steps []string `json:"steps"`
}

// PipelineStep is a span. The first is the root; Parent is the name or ID of
// an earlier step, the root if empty. Without At the steps follow each other.
type PipelineStep struct {
	ID           string           `json:"id"` // to name one of several steps of one name
	Name         string           `json:"name"`
	Parent       string           `json:"parent"`
	Type         xray.StepType    `json:"type"`
	At           []int64          `json:"at"` // start and end in milliseconds after the root's start
	Error        string           `json:"error"`
	Input        json.RawMessage  `json:"input"`
	Output       json.RawMessage  `json:"output"`
	Attributes   json.RawMessage  `json:"attributes"`
	RequestModel string           `json:"requestModel"`
	Model        string           `json:"model"`
	FinishReason string           `json:"finishReason"`
	Items        *xray.ItemRecord `json:"items"`
}

// CauseAt is the place among facts of the first that tells the planted cause,
// -1 if none does.
func (p Pipeline) CauseAt(facts []xray.Fact) int {
	want := map[string]bool{}
	for i, s := range p.Steps {
		for _, c := range p.Cause.Steps {
			if s.ID == c || s.ID == "" && s.Name == c {
				want[p.StepID(i).String()] = true
			}
		}
	}
	return slices.IndexFunc(facts, func(f xray.Fact) bool { return slices.Contains(p.Cause.Kinds, f.Kind) && want[f.StepID] })
}

// Start is when every pipeline of the corpus begins.
var Start = time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)

// LoadPipelines reads all *.json files of a directory.
func LoadPipelines(fsys fs.FS, dir string) ([]Pipeline, error) {
	files, err := fs.Glob(fsys, path.Join(dir, "*.json"))
	if err != nil {
		return nil, err
	}
	var out []Pipeline
	for _, file := range files {
		raw, err := fs.ReadFile(fsys, file)
		if err != nil {
			return nil, err
		}
		p := Pipeline{File: strings.TrimSuffix(path.Base(file), ".json")}
		if err := json.Unmarshal(raw, &p); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		out = append(out, p)
	}
	return out, nil
}

// TraceID is made of the file name, so that it is the same in every run.
func (p Pipeline) TraceID() xray.TraceID {
	sum := sha256.Sum256([]byte(p.File + p.Title))
	return xray.TraceID(sum[:16])
}

// StepID is the span id of step i.
func (p Pipeline) StepID(i int) xray.SpanID {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s/%d", p.File+p.Title, i))
	return xray.SpanID(sum[:8])
}

func (p Pipeline) parent(i int) xray.SpanID {
	if i == 0 {
		return xray.SpanID{}
	}
	if want := p.Steps[i].Parent; want != "" {
		for k, s := range p.Steps[:i] {
			if s.ID == want || s.ID == "" && s.Name == want {
				return p.StepID(k)
			}
		}
	}
	return p.StepID(0)
}

// window is when step i ran.
func (p Pipeline) window(i int) (from, to xray.Nano) {
	begin := p.From
	if begin.IsZero() {
		begin = Start
	}
	ms := func(n int64) xray.Nano { return xray.Nano(begin.UnixNano() + n*int64(time.Millisecond)) }
	if at := p.Steps[i].At; len(at) == 2 {
		return ms(at[0]), ms(at[1])
	}
	if i == 0 {
		return ms(0), ms(int64(100*len(p.Steps) + 100))
	}
	return ms(int64(100 * i)), ms(int64(100*i + 90))
}

// Execution is the pipeline as the reasoner gets it.
func (p Pipeline) Execution() (xray.Execution, []xray.StepDetail) {
	info := xray.Execution{TraceID: p.TraceID(), Name: p.Steps[0].Name, Status: xray.StatusOK, StepCount: len(p.Steps), HasRoot: true, Settled: true}
	info.Start, info.End = p.window(0)
	var steps []xray.StepDetail
	for i, s := range p.Steps {
		d := xray.StepDetail{Input: s.Input, Output: s.Output, Attributes: s.attributes(), RequestModel: s.RequestModel, FinishReason: s.FinishReason, Items: s.Items}
		d.TraceID, d.SpanID, d.ParentID, d.Name, d.Type = info.TraceID, p.StepID(i), p.parent(i), s.Name, s.Type
		if d.Type == "" {
			d.Type = xray.TypeFunction
		}
		d.Status, d.Error, d.Model, d.ModelCall = xray.StatusOK, s.Error, s.Model, s.Type == xray.TypeLLM
		if s.Error != "" {
			d.Status = xray.StatusError
			info.ErrorCount++
			if i == 0 {
				info.Status = xray.StatusError
			}
		}
		d.Start, d.End = p.window(i)
		d.HasPayload = len(s.Input)+len(s.Output) > 0
		steps = append(steps, d)
	}
	return info, steps
}

// attributes are the step's own and those that the compact form has fields
// for, as the span carries them.
func (s PipelineStep) attributes() json.RawMessage {
	all := map[string]any{}
	if len(s.Attributes) > 0 {
		if err := json.Unmarshal(s.Attributes, &all); err != nil {
			return s.Attributes
		}
	}
	put := func(key, v string) {
		if v != "" {
			all[key] = v
		}
	}
	put("xray.input", string(s.Input))
	put("xray.output", string(s.Output))
	put("gen_ai.request.model", s.RequestModel)
	put("gen_ai.response.model", s.Model)
	if s.FinishReason != "" {
		all["gen_ai.response.finish_reasons"] = []string{s.FinishReason}
	}
	if s.Items != nil {
		for key, v := range map[string]any{"xray.items.kept": s.Items.Kept, "xray.items.dropped": s.Items.Dropped, "xray.criteria": s.Items.Criteria} {
			if raw, err := json.Marshal(v); err == nil && string(raw) != "null" {
				all[key] = string(raw)
			}
		}
	}
	raw, err := json.Marshal(all)
	if err != nil {
		return nil
	}
	return raw
}

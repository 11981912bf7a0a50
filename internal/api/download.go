package api

import (
	"context"
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"strings"
	"unicode"

	"github.com/gin-gonic/gin"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/internal/dossier"
)

// fileResponse streams a file, so that a large execution is never held whole.
type fileResponse struct {
	contentType string
	name        string
	write       func(http.ResponseWriter) error
}

func (f fileResponse) VisitDownloadExecutionResponse(w http.ResponseWriter) error {
	w.Header().Set("Content-Type", f.contentType)
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": f.name}))
	w.Header().Set("X-Content-Type-Options", "nosniff")
	return f.write(w)
}

// DownloadExecution answers an execution as a file.
func (s *Server) DownloadExecution(ctx context.Context, r DownloadExecutionRequestObject) (DownloadExecutionResponseObject, error) {
	p := caller(ctx)
	if !r.Params.Format.Valid() {
		return nil, xray.Errorf(xray.CodeInvalid, "there is no format %q: use ndjson, markdown or otlp", r.Params.Format)
	}
	e, err := s.Reader.Execution(ctx, p.Project.ID, r.Id)
	if err != nil {
		return nil, err
	}
	if r.Params.Format == ExportOTLP {
		return fileResponse{"application/json", fileName(e, "otlp.json"), func(w http.ResponseWriter) error {
			return s.Reader.OTLP(ctx, p.Project.ID, e.TraceID, w)
		}}, nil
	}
	d := dossier.Dossier{Execution: e, Server: origin(ctx)}
	if d.Facts, d.Reasonings, err = dossier.Findings(ctx, s.Reader, s.Explain, e); err != nil {
		return nil, err
	}
	if d.Scores, err = s.Feedback.Scores(ctx, p.Project.ID, e.TraceID.String()); err != nil {
		return nil, err
	}
	if d.Notes, err = s.Feedback.Notes(ctx, p.Project.ID, e.TraceID); err != nil {
		return nil, err
	}
	eachStep := func(visit func(xray.StepDetail) error) error {
		return s.Reader.EachStep(ctx, p.Project.ID, e.TraceID, visit)
	}
	if r.Params.Format == ExportNDJSON {
		return fileResponse{"application/x-ndjson", fileName(e, "ndjson"), func(w http.ResponseWriter) error {
			return ndjson(w, p, d, eachStep)
		}}, nil
	}
	if d.Steps, err = s.Reader.Steps(ctx, p.Project.ID, e.TraceID); err != nil {
		return nil, err
	}
	return fileResponse{"text/markdown; charset=utf-8", fileName(e, "md"), func(w http.ResponseWriter) error {
		return d.Markdown(w, eachStep)
	}}, nil
}

// origin is the address under which the caller reached this server; "" if it
// cannot be told. It only ever becomes a hint in a file for the caller.
func origin(ctx context.Context) string {
	c, ok := ctx.(*gin.Context)
	if !ok || strings.ContainsFunc(c.Request.Host, func(r rune) bool {
		return r >= unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune(".-:[]", r)
	}) {
		return ""
	}
	if c.Request.TLS != nil || c.GetHeader("X-Forwarded-Proto") == "https" {
		return "https://" + c.Request.Host
	}
	return "http://" + c.Request.Host
}

// fileName is what a file is called: the execution's name and the beginning of
// its trace id.
func fileName(e xray.Execution, extension string) string {
	const most = 60
	name := strings.Map(func(r rune) rune {
		if r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("-_.", r)) {
			return r
		}
		return '-'
	}, e.Name)
	name = strings.Trim(name[:min(len(name), most)], "-.")
	if name == "" {
		name = "execution"
	}
	return fmt.Sprintf("%s-%.8s.%s", name, e.TraceID, extension)
}

// ndjson writes one JSON object a line, each with one member that is named for
// what it is: first the execution, then its steps, then what was found out
// and what was said.
func ndjson(w http.ResponseWriter, p xray.Principal, d dossier.Dossier, eachStep func(func(xray.StepDetail) error) error) error {
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	line := func(kind string, value any) error { return out.Encode(map[string]any{kind: value}) }
	detail := ExecutionDetail{
		Execution: execution(p.Project, d.Execution), Metadata: objectOrEmpty(d.Execution.Metadata), FinalOutcome: d.Execution.FinalOutcome,
		Facts: []Fact{},
	}
	if d.Execution.Receipt != nil {
		detail.Receipt = receipt(*d.Execution.Receipt, d.Execution.StepCount)
	}
	if err := line("execution", detail); err != nil {
		return err
	}
	if err := eachStep(func(s xray.StepDetail) error { return line("step", stepDetail(s)) }); err != nil {
		return err
	}
	for _, f := range d.Facts {
		if err := line("fact", fact(f)); err != nil {
			return err
		}
	}
	for _, r := range d.Reasonings {
		if err := line("reasoning", map[string]any{"stepId": spanString(r.StepID), "reasoning": reasoning(r)}); err != nil {
			return err
		}
	}
	for _, k := range d.Scores {
		if err := line("score", score(p, k)); err != nil {
			return err
		}
	}
	for _, n := range d.Notes {
		if err := line("note", note(p, n)); err != nil {
			return err
		}
	}
	return nil
}

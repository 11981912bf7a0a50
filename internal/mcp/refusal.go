package mcp

import (
	"encoding/json"
	"io"
	"net/http"
)

// refusal is a server's word that a key, or the lack of one, will not do.
type refusal struct{ detail string }

func (r *refusal) Error() string { return r.detail }

// refusalOf reads the problem document of an answer.
func refusalOf(resp *http.Response) *refusal {
	const most = 64 << 10
	var problem struct{ Detail string }
	raw, err := io.ReadAll(io.LimitReader(resp.Body, most))
	if err != nil || json.Unmarshal(raw, &problem) != nil || problem.Detail == "" {
		return &refusal{"it answered " + resp.Status}
	}
	return &refusal{problem.Detail}
}

package e2e

// What the tests read of the API's answers; the names are the contract's.

type executionList struct {
	Executions []execution `json:"executions"`
	Next       string      `json:"next"`
}

type execution struct {
	ID           string   `json:"id"`
	ExecutionID  string   `json:"executionId"`
	ProjectID    string   `json:"projectId"`
	Name         string   `json:"name"`
	Status       string   `json:"status"`
	StartedAt    string   `json:"startedAt"`
	DurationNano string   `json:"durationNano"`
	StepCount    int      `json:"stepCount"`
	ErrorCount   int      `json:"errorCount"`
	InputTokens  string   `json:"inputTokens"`
	OutputTokens string   `json:"outputTokens"`
	CostUSD      *float64 `json:"costUsd"`
	CostPartial  bool     `json:"costPartial"`
	SessionID    string   `json:"sessionId"`
	UserID       string   `json:"userId"`
	Tags         []string `json:"tags"`
	Headline     string   `json:"headline"`
	Settled      bool     `json:"settled"`

	Receipt   *receipt  `json:"receipt"`
	Facts     []fact    `json:"facts"`
	Reasoning reasoning `json:"reasoning"`
	Job       job       `json:"job"`
}

type receipt struct {
	Started  int `json:"started"`
	Ended    int `json:"ended"`
	Dropped  int `json:"dropped"`
	Cut      int `json:"cut"`
	Received int `json:"received"`
}

type fact struct {
	ID       string   `json:"id"`
	Kind     string   `json:"kind"`
	Severity string   `json:"severity"`
	StepID   string   `json:"stepId"`
	Pointers []string `json:"pointers"`
	Text     string   `json:"text"`
}

type reasoning struct {
	Source    string  `json:"source"`
	Headline  string  `json:"headline"`
	Model     string  `json:"model"`
	Claims    []claim `json:"claims"`
	Outdated  bool    `json:"outdated"`
	LateSteps int     `json:"lateSteps"`
}

type claim struct {
	Text    string `json:"text"`
	Verdict string `json:"verdict"`
}

type job struct {
	Status   string `json:"status"`
	Attempts int    `json:"attempts"`
	Error    string `json:"error"`
	Model    string `json:"model"`
}

type stepList struct {
	Steps []step `json:"steps"`
}

type step struct {
	ID           string    `json:"id"`
	ParentID     string    `json:"parentId"`
	Name         string    `json:"name"`
	Type         string    `json:"type"`
	Status       string    `json:"status"`
	Model        string    `json:"model"`
	InputTokens  string    `json:"inputTokens"`
	OutputTokens string    `json:"outputTokens"`
	Service      string    `json:"service"`
	DurationNano string    `json:"durationNano"`
	Error        string    `json:"error"`
	Headline     string    `json:"headline"`
	CostUSD      *float64  `json:"costUsd"`
	CostSource   string    `json:"costSource"`
	PriceDate    string    `json:"priceDate"`
	Input        any       `json:"input"`
	InputKind    string    `json:"inputKind"`
	Output       any       `json:"output"`
	OutputKind   string    `json:"outputKind"`
	Reasoning    reasoning `json:"reasoning"`
}

// settled waits until the execution's totals are final.
func (s *server) settled(id string) execution {
	s.t.Helper()
	var e execution
	eventually(s.t, "execution "+id+" is settled", settleWait, func() bool {
		e = get[execution](s, "/api/executions/"+id)
		return e.Settled
	})
	return e
}

// explained waits until the job of the execution has ended, either way.
func (s *server) explained(id string) execution {
	s.t.Helper()
	var e execution
	eventually(s.t, "execution "+id+" is explained", settleWait, func() bool {
		e = get[execution](s, "/api/executions/"+id)
		return e.Job.Status == "completed" || e.Job.Status == "failed"
	})
	return e
}

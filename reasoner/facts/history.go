package facts

// History is what a pipeline normally does, gathered by the caller from
// earlier executions of the same name. It is plain data.
type History struct {
	Runs    int                    // executions behind it; below MinRuns nothing is compared
	Release string                 // the release that most of them ran
	Steps   map[string]StepHistory // by step name
}

// MinRuns is how many earlier runs it takes to call something unusual.
const MinRuns = 5

// StepHistory is what one step normally does.
type StepHistory struct {
	Runs           int // executions that had the step
	P50Nano        int64
	P95Nano        int64
	TokensP95      int64   // input and output of one call; 0 = unknown
	CostP95        float64 // USD of one call; 0 = unknown
	DropRateP05    float64 // share of items dropped, 0–1
	DropRateP95    float64
	HasDropRate    bool
	EmptyRate      float64         // share of runs in which the output was empty
	Errors         map[string]bool // error texts seen, as [ErrorShape] writes them
	Models         map[string]bool
	PromptVersions map[string]bool
	Params         map[string]float64 // JSON pointer of an input parameter → share of runs in which it was not empty
	Alarms         map[string]float64 // kind of fact → share of runs in which it was an alarm at this step
}

// ErrorShape makes error texts comparable between runs: digits, quoted words
// and long hexadecimal words are left out.
func ErrorShape(text string) string {
	out := make([]rune, 0, len(text))
	quoted := rune(0)
	for _, r := range text {
		switch {
		case quoted != 0:
			if r == quoted {
				quoted = 0
			}
		case r == '"' || r == '`':
			quoted = r
		case r >= '0' && r <= '9':
			if n := len(out); n == 0 || out[n-1] != '#' {
				out = append(out, '#')
			}
		default:
			out = append(out, r)
		}
		if len(out) >= 160 {
			break
		}
	}
	return string(out)
}

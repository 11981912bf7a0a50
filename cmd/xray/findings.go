package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/xraytrace/xray/internal/postgres"
	"github.com/xraytrace/xray/store"
)

// Above these a person should look.
const (
	muchSkew      = 2 * time.Second // rollups and settling go by both clocks
	longWait      = 2 * time.Minute // of an execution that should be settled, or of a job
	longWrite     = 5 * time.Minute // of an open transaction: it keeps dead rows alive
	littleSpace   = 5 << 30
	noSpace       = 500 << 20
	fullConnShare = 0.9
)

func aboutDatabase(v store.Vitals) []finding {
	found := []finding{aboutServer(v), aboutSchema(v), aboutClock(v)}
	if v.Schema != v.Wanted {
		return found // what waits was not looked at
	}
	return append(found, aboutPartitions(v), aboutQueue(v))
}

func aboutServer(v store.Vitals) finding {
	f := finding{"database", well, fmt.Sprintf("PostgreSQL %s answers in %s, %d of %d connections, %s on disk",
		v.ServerVersion, v.Answered.Round(10*time.Microsecond), v.Connections, v.MaxConnections, bytesInWords(v.Size)), ""}
	switch {
	case v.VersionNumber < 150000:
		f.State, f.Advice = unwell, "X-Ray needs PostgreSQL 15 or newer: upgrade it, or leave DATABASE_URL out and X-Ray runs its own"
	case len(v.Unsafe) > 0:
		f.State, f.Text = careful, f.Text+"; "+strings.Join(v.Unsafe, ", ")
		f.Advice = "what X-Ray has acknowledged may be lost in a crash: switch these settings on"
	case float64(v.Connections) > fullConnShare*float64(v.MaxConnections):
		f.State, f.Advice = careful, "raise max_connections (an X-Ray process uses about 25), or put a pooler in session mode before it"
	case v.OldestWrite > longWrite:
		f.State, f.Text = careful, f.Text+fmt.Sprintf("; a transaction is open since %s", v.OldestWrite.Round(time.Second))
		f.Advice = "find it in pg_stat_activity and end it: while it is open PostgreSQL cannot reuse space"
	}
	return f
}

func aboutSchema(v store.Vitals) finding {
	f := finding{"schema", well, fmt.Sprintf("at migration %d, which is this version's", v.Schema), ""}
	switch {
	case v.Schema == 0:
		f.State, f.Text, f.Advice = careful, "this database has no schema yet", "start 'xray serve', or run 'xray migrate'"
	case v.Schema < v.Wanted:
		f.State, f.Text = careful, fmt.Sprintf("at migration %d; this version wants %d", v.Schema, v.Wanted)
		f.Advice = "back it up and run 'xray migrate'; 'xray serve' does it, too, when it starts"
	case v.Schema > v.Wanted:
		f.State, f.Text = unwell, fmt.Sprintf("at migration %d; this version knows only %d", v.Schema, v.Wanted)
		f.Advice = "a newer X-Ray has been here: run that version, or restore the backup of before"
	}
	return f
}

func aboutClock(v store.Vitals) finding {
	if skew := v.Skew.Abs() - v.Answered; skew > muchSkew {
		return finding{"clock", careful, fmt.Sprintf("the database's clock is %s away from this machine's", v.Skew.Round(time.Millisecond)),
			"keep both by NTP: executions are settled late or early, and times of the list do not fit"}
	}
	return finding{"clock", well, "this machine and the database agree", ""}
}

func aboutPartitions(v store.Vitals) finding {
	switch len(v.MissingDays) {
	case 0:
		return finding{"partitions", well, "those of today and tomorrow are there", ""}
	case 2: // a write makes them for days ahead
		return finding{"partitions", well, "none for today: nothing has arrived for days; the next write makes them", ""}
	}
	return finding{"partitions", careful, "none for " + strings.Join(v.MissingDays, " and "),
		"X-Ray makes them days ahead: see in its log why it could not, for example whether its user may create tables"}
}

func aboutQueue(v store.Vitals) finding {
	f := finding{"queue", well, fmt.Sprintf("%d instances work; %d executions unsettled, %d explanations wait", v.Instances, v.Unsettled, v.Jobs), ""}
	switch {
	case v.Instances == 0 && v.Unsettled+v.Jobs > 0:
		f.State, f.Advice = careful, "nobody does this work: start 'xray serve'"
	case v.OldestWait > longWait:
		f.State, f.Text = careful, f.Text+fmt.Sprintf("; the oldest execution waits for %s", v.OldestWait.Round(time.Second))
		f.Advice = "more arrives than is settled, or executions never end: look at /metrics (xray_executions_unsettled), add an instance"
	case v.OldestJob > longWait:
		f.State, f.Text = careful, f.Text+fmt.Sprintf("; the oldest for %s", v.OldestJob.Round(time.Second))
		f.Advice = "see whether the model answers and the budget is spent (Settings, Explanations), or take fewer executions"
	case v.Discarded > 0:
		f.State, f.Text = careful, f.Text+fmt.Sprintf("; %d jobs have failed for good", v.Discarded)
		f.Advice = "find the reason in the log of 'xray serve'; what concerns explanations can be asked for again on the page"
	}
	return f
}

// aboutDisk looks at the file system of X-Ray's own PostgreSQL.
func aboutDisk(flags databaseFlags) finding {
	dir, free, err := postgres.Space(flags.DataDir)
	if err != nil {
		return finding{"disk", careful, message(err), "see to it that there is room where the data is"}
	}
	f := finding{"disk", well, fmt.Sprintf("%s free at %s", bytesInWords(free), dir), ""}
	if free < littleSpace {
		f.State, f.Advice = careful, "make room or shorten the retention: a full disk stops PostgreSQL, and with it receiving"
	}
	if free < noSpace {
		f.State = unwell
	}
	return f
}

// models asks each endpoint for its list of models, which costs nothing.
func (c *doctorCommand) models(ctx context.Context) []finding {
	if !c.modelFlags.configured() {
		return []finding{{"model", well, "none: explanations come from computed facts", ""}}
	}
	list, err := c.modelFlags.endpoints()
	if err != nil {
		return []finding{{"model", unwell, message(err), "mend the variable and start again"}}
	}
	var found []finding
	if c.OpenAIKey != "" || c.OpenAIBaseURL != "" {
		base := c.OpenAIBaseURL
		if base == "" {
			base = "https://api.openai.com/v1"
		}
		found = append(found, askEndpoint(ctx, base, c.OpenAIKey))
	}
	for _, e := range list {
		found = append(found, askEndpoint(ctx, e.BaseURL, e.APIKey))
	}
	return found
}

func askEndpoint(ctx context.Context, base, key string) finding {
	ctx, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	status, _, err := fetch(ctx, strings.TrimRight(base, "/")+"/models", key)
	switch {
	case err != nil:
		return finding{"model", unwell, fmt.Sprintf("%s does not answer: %v", base, err), "check OPENAI_BASE_URL and the network; until then explanations wait, and facts are shown"}
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		return finding{"model", unwell, fmt.Sprintf("%s refuses the key (%d)", base, status), "set OPENAI_API_KEY to a key that is valid there"}
	case status >= 500 || status == http.StatusTooManyRequests:
		return finding{"model", careful, fmt.Sprintf("%s answers %d", base, status), "it may pass; until then explanations wait, and facts are shown"}
	}
	return finding{"model", well, base + " answers", ""} // one without a list answers 404, and may well answer questions
}

// fetch asks once, and reads little.
func fetch(ctx context.Context, url, key string) (status int, body string, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, "", err
	}
	if key != "" {
		req.Header.Set("Authorization", "Bearer "+key)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(resp.Body, 200))
	return resp.StatusCode, strings.TrimSpace(string(raw)), err
}

// bytesInWords is a size as people say it.
func bytesInWords(n int64) string {
	switch {
	case n >= 1<<30:
		return fmt.Sprintf("%.1f GB", float64(n)/(1<<30))
	case n >= 1<<20:
		return fmt.Sprintf("%d MB", n>>20)
	}
	return fmt.Sprintf("%d kB", n>>10)
}

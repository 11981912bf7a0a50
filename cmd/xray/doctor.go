package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/store"
)

type doctorCommand struct {
	databaseFlags
	modelFlags
	URL   string `env:"XRAY_URL" default:"http://localhost:8080" help:"Where X-Ray's web UI and API are."`
	Ready bool   `help:"Only ask the server whether it is ready, and say so by the exit code: for health checks of containers."`
	JSON  bool   `name:"json" help:"Print the findings as JSON."`
}

// finding is what one look has told. Advice is empty where all is well.
type finding struct {
	About  string `json:"about"`
	State  state  `json:"state"`
	Text   string `json:"text"`
	Advice string `json:"advice,omitempty"`
}

// state is how bad a finding is.
type state string

const (
	well     state = "ok"
	careful  state = "warn"
	unwell   state = "fail"
	lookTime       = 10 * time.Second // of one look: a doctor must not hang
)

// Run looks at everything that X-Ray needs, prints what it finds and what to do
// about it, and fails if something does not work. It changes nothing.
func (c *doctorCommand) Run(ctx context.Context, log *slog.Logger) error {
	var found []finding
	if c.Ready {
		found = []finding{c.server(ctx)}
	} else {
		found = append(c.database(ctx, log), c.server(ctx))
		found = append(found, c.models(ctx)...)
	}
	if err := c.print(os.Stdout, found); err != nil {
		return err
	}
	failed := 0
	for _, f := range found {
		if f.State == unwell {
			failed++
		}
	}
	if failed > 0 {
		return xray.Errorf(xray.CodeUnavailable, "%d of %d findings need something done: see above", failed, len(found))
	}
	return nil
}

func (c *doctorCommand) print(w io.Writer, found []finding) error {
	if c.JSON {
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		return enc.Encode(found)
	}
	for _, f := range found {
		if _, err := fmt.Fprintf(w, "%-4s  %-11s %s\n", f.State, f.About, f.Text); err != nil {
			return err
		}
		if f.Advice != "" {
			fmt.Fprintf(w, "      %-11s → %s\n", "", f.Advice)
		}
	}
	return nil
}

// database looks at PostgreSQL and at what waits in it. X-Ray's own is started
// for that long if no server runs.
func (c *doctorCommand) database(ctx context.Context, log *slog.Logger) []finding {
	db, err := c.reach(ctx, log)
	if err != nil {
		return []finding{{"database", unwell, message(err), "run 'xray serve' and read its log; with a server of your own check DATABASE_URL"}}
	}
	defer func() { _ = db.stop() }() // it was only to be looked at
	ctx, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	v, err := store.Examine(ctx, db.url)
	if err != nil {
		return []finding{{"database", unwell, message(err), "see that PostgreSQL runs and that host, user, password and database in DATABASE_URL are right"}}
	}
	found := aboutDatabase(v)
	if c.DatabaseURL == "" {
		found = append(found, aboutDisk(c.databaseFlags))
	}
	return found
}

// server asks a running X-Ray whether it takes requests.
func (c *doctorCommand) server(ctx context.Context) finding {
	ctx, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	status, body, err := fetch(ctx, c.URL+"/readyz", "")
	switch {
	case err != nil:
		return finding{"server", unwell, fmt.Sprintf("nothing answers at %s: %v", c.URL, err), "start it with 'xray serve', or say with --url where it is"}
	case status != 200:
		return finding{"server", unwell, fmt.Sprintf("%s is not ready: %d %s", c.URL, status, body), "wait if it starts or stops; else read its log and see to the database"}
	}
	return finding{"server", well, c.URL + " is ready", ""}
}

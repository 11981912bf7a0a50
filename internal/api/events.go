package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/xraytrace/xray"
)

// HeartBeat is the rhythm of the event stream.
type HeartBeat struct {
	// Gather is how long changes are collected before they are sent: an
	// execution that changes fifty times in that time is read and sent once.
	Gather time.Duration
	// Idle is the longest silence; proxies cut quieter connections.
	Idle time.Duration
	// Write is how long one write may take before a client that does not read
	// is dropped.
	Write time.Duration
}

// DefaultHeartBeat keeps the delay to a viewer's eye well under 300 ms.
var DefaultHeartBeat = HeartBeat{Gather: 100 * time.Millisecond, Idle: 15 * time.Second, Write: 10 * time.Second}

// maxGathered bounds how many executions one client is sent at once; over it
// the client is told to read the list again, which is cheaper for both. Settling
// and explaining announce hundreds together; what is new must not go under then.
const maxGathered = 1000

// eventStream is the answer to one client of /api/events.
type eventStream struct {
	ctx     context.Context
	server  *Server
	project xray.Project
}

// StreamEvents opens a stream of the project's changes.
func (s *Server) StreamEvents(ctx context.Context, _ StreamEventsRequestObject) (StreamEventsResponseObject, error) {
	return eventStream{ctx: ctx, server: s, project: caller(ctx).Project}, nil
}

// VisitStreamEventsResponse writes events until the client goes.
func (e eventStream) VisitStreamEventsResponse(w http.ResponseWriter) error {
	changes, cancel := e.server.Live.Subscribe(e.project.ID)
	defer cancel()
	eventHeader(w.Header())
	out := eventWriter{w: w, control: http.NewResponseController(w), limit: e.server.About.HeartBeat.Write}
	// The server's limit on reading a request would end the stream, too.
	if err := out.control.SetReadDeadline(time.Time{}); err != nil {
		return fmt.Errorf("lift read deadline: %w", err)
	}
	if err := out.event("ready", struct{}{}); err != nil {
		return nil
	}
	e.pump(changes, out)
	return nil
}

// pump gathers changes and sends them until the client or the server goes. A
// failed write means that the client has gone, which is no error of ours.
func (e eventStream) pump(changes <-chan xray.Change, out eventWriter) {
	beat := e.server.About.HeartBeat
	gathered := map[xray.TraceID]bool{} // the value: deleted
	gap := false
	var due <-chan time.Time
	idle := time.NewTicker(beat.Idle)
	defer idle.Stop()
	for {
		var err error
		select {
		case <-e.ctx.Done():
			return
		case <-e.server.Stopping:
			return
		case c, open := <-changes:
			if !open {
				return
			}
			gap = gap || c.Gap || len(gathered) >= maxGathered
			if !gap {
				gathered[c.TraceID] = c.Deleted
			}
			if due == nil {
				due = time.After(beat.Gather)
			}
		case <-due:
			err = e.flush(gathered, gap, out)
			clear(gathered)
			gap, due = false, nil
		case <-idle.C:
			if !e.server.still(e.ctx) {
				return
			}
			err = out.comment()
		}
		if err != nil {
			return
		}
	}
}

func (e eventStream) flush(gathered map[xray.TraceID]bool, gap bool, out eventWriter) error {
	if gap {
		return out.event("gap", struct{}{})
	}
	var changed []xray.TraceID
	for id, deleted := range gathered {
		if !deleted {
			changed = append(changed, id)
		} else if err := out.event("deleted", map[string]string{"id": id.String()}); err != nil {
			return err
		}
	}
	if len(changed) == 0 {
		return nil
	}
	found, err := e.server.Reader.ExecutionsOf(e.ctx, e.project.ID, changed)
	if err != nil {
		// The database is away: the client reads again when told to.
		return out.event("gap", struct{}{})
	}
	list := mapTo(found, func(x xray.Execution) Execution { return execution(e.project, x) })
	if err := e.server.assess(e.ctx, e.project.ID, list); err != nil {
		return out.event("gap", struct{}{})
	}
	for _, x := range list { // what is missing has been deleted since
		if err := out.event("execution", x); err != nil {
			return err
		}
	}
	return nil
}

// eventWriter writes server-sent events, each with a deadline of its own.
type eventWriter struct {
	w       http.ResponseWriter
	control *http.ResponseController
	limit   time.Duration
}

func (o eventWriter) event(name string, data any) error {
	body, err := json.Marshal(data)
	if err != nil {
		return fmt.Errorf("encode event: %w", err)
	}
	return o.write("event: " + name + "\ndata: " + string(body) + "\n\n")
}

func (o eventWriter) comment() error { return o.write(":\n\n") }

func (o eventWriter) write(s string) error {
	if err := o.control.SetWriteDeadline(time.Now().Add(o.limit)); err != nil {
		return fmt.Errorf("set write deadline: %w", err)
	}
	if _, err := o.w.Write([]byte(s)); err != nil {
		return fmt.Errorf("write event: %w", err)
	}
	return o.control.Flush()
}

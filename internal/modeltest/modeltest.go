// Package modeltest is a stand-in for a model: an HTTP server that speaks
// OpenAI's chat completions and answers from a script. It also has minds of its
// own for tests that need an answer which fits the question: Honest says nothing
// but what the prompt shows, Quoting quotes values from all over it, Careless
// errs, and Obedient does whatever a payload in the prompt tells it to.
//
// It deliberately knows nothing of the reasoner's Go types: it reads the same
// prompt that a model would. It is for tests only.
package modeltest

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"time"
)

// Request is one call that the server received.
type Request struct {
	Model    string
	Messages []Message
	Format   string // json_schema, json_object or "" for none
	Schema   string // the schema's name, with json_schema
	Key      string // the Authorization header
	Stream   bool   // the answer is wanted in parts
	Body     []byte
}

// Message is one message of a request.
type Message struct {
	Role    string `json:"role"`
	Content string `json:"content"`
}

// Prompt returns the last user message that holds a record, and the last
// message of all.
func (r Request) Prompt() (record, last string) {
	for _, m := range r.Messages {
		if m.Role == "user" && Record(m.Content) != nil {
			record = m.Content
		}
		last = m.Content
	}
	return record, last
}

// Server is the stand-in. It is an [http.Handler], so that a test can also
// call it without a network.
type Server struct {
	URL string // base URL for OPENAI_BASE_URL, set by [Start]

	mu      sync.Mutex
	script  []Reply
	rest    Reply
	latency time.Duration
	calls   []Request
}

// New returns a server that answers with rest once its script is used up. It
// listens nowhere: use it as a handler, or see [Start].
func New(rest Reply) *Server { return &Server{rest: rest} }

// Start makes a server that listens on a loopback port until stop is called.
func Start(rest Reply) (s *Server, stop func()) {
	s = New(rest)
	h := httptest.NewServer(s)
	s.URL = h.URL + "/v1"
	return s, func() {
		h.CloseClientConnections()
		h.Close()
	}
}

// Script queues replies for the next calls, in order.
func (s *Server) Script(replies ...Reply) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.script = append(s.script, replies...)
}

// Latency makes every later call wait before it is answered.
func (s *Server) Latency(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.latency = d
}

// Calls returns what was received so far.
func (s *Server) Calls() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Request(nil), s.calls...)
}

// ServeHTTP answers POST …/chat/completions.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the client went away
	}
	req, err := parse(body)
	if err != nil {
		fail(w, http.StatusBadRequest, "invalid_request_error", "", err.Error())
		return
	}
	req.Key = r.Header.Get("Authorization")
	reply, latency := s.next(req)
	if latency > 0 {
		select {
		case <-time.After(latency):
		case <-r.Context().Done():
			return
		}
	}
	reply(w, r, req)
}

func (s *Server) next(req Request) (Reply, time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = append(s.calls, req)
	if len(s.script) == 0 {
		return s.rest, s.latency
	}
	reply := s.script[0]
	s.script = s.script[1:]
	return reply, s.latency
}

func parse(body []byte) (Request, error) {
	var raw struct {
		Model    string    `json:"model"`
		Messages []Message `json:"messages"`
		Stream   bool      `json:"stream"`
		Format   struct {
			Type   string `json:"type"`
			Schema struct {
				Name string `json:"name"`
			} `json:"json_schema"`
		} `json:"response_format"`
	}
	err := json.Unmarshal(body, &raw)
	return Request{Model: raw.Model, Messages: raw.Messages, Format: raw.Format.Type, Schema: raw.Format.Schema.Name, Stream: raw.Stream, Body: body}, err
}

package openai

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"

	"github.com/xraytrace/xray/sdk"
)

// body hands an answer on to the program and looks at what passes. The call
// ends when the program has read all of it or closes it.
type body struct {
	io.ReadCloser
	call   *xray.Call
	stream *stream // nil: the answer comes in one piece
	seen   []byte
	once   sync.Once
}

// maxError is how much of an error's answer is read for its message.
const maxError = 64 << 10

// watch returns the body that the program reads in place of the answer's.
func watch(resp *http.Response, call *xray.Call) io.ReadCloser {
	if resp.StatusCode >= 400 {
		return failed(resp, call)
	}
	b := &body{ReadCloser: resp.Body, call: call}
	if strings.HasPrefix(resp.Header.Get("Content-Type"), "text/event-stream") {
		b.stream = &stream{call: call}
	}
	return b
}

// failed ends the call of an answer that is an error. It reads the message
// itself, because a client that tries again closes such an answer unread.
func failed(resp *http.Response, call *xray.Call) io.ReadCloser {
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxError))
	reason := error(errors.New(strings.TrimSpace(string(text))))
	if answer, ok := parseWhole(text); ok && answer.Error != nil {
		reason = answer.Error
	}
	call.End(fmt.Errorf("%s: %w", resp.Status, reason))
	rest := io.Reader(resp.Body)
	if err != nil {
		rest = brokenReader{err}
	}
	return struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(text), rest), resp.Body}
}

type brokenReader struct{ err error }

func (r brokenReader) Read([]byte) (int, error) { return 0, r.err }

func (b *body) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	switch {
	case b.stream != nil:
		b.stream.write(p[:n])
	case len(b.seen)+n <= maxBody:
		b.seen = append(b.seen, p[:n]...)
	}
	if err != nil {
		b.end(err)
	}
	return n, err
}

func (b *body) Close() error {
	b.end(nil)
	return b.ReadCloser.Close()
}

// end records the answer, once. err is why reading ended.
func (b *body) end(err error) {
	b.once.Do(func() {
		if errors.Is(err, io.EOF) {
			err = nil
		}
		answer, readable := (*received)(nil), true
		if b.stream != nil {
			answer = b.stream.finished()
		} else {
			answer, readable = parseWhole(b.seen)
		}
		if readable {
			if said := answer.record(b.call); said != nil && err == nil {
				err = said
			}
		}
		b.call.End(err)
	})
}

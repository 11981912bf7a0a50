package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"sync"

	"github.com/xraytrace/xray"
)

type importCommand struct {
	clientFlags
	File string `arg:"" help:"JSON array of executions, OTLP JSON, or either as NDJSON; - for standard input."`
}

// importers is how many entries are under way at once: the server answers after
// its commit, and commits together what waits.
const importers = 16

// Run sends every entry of the file by itself, so that a bad one keeps no other
// out. Sending a file again changes nothing.
func (c *importCommand) Run(ctx context.Context) error {
	in := os.Stdin
	if c.File != "-" {
		f, err := os.Open(c.File)
		if err != nil {
			return xray.Errorf(xray.CodeInvalid, "cannot read the file: %v", err)
		}
		defer f.Close()
		in = f
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	p := newProgress(os.Stderr, in)
	var wg sync.WaitGroup
	places := make(chan struct{}, importers)
	err := entries(p.reading(in), func(index int, entry json.RawMessage) error {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case places <- struct{}{}:
		}
		wg.Go(func() {
			defer func() { <-places }()
			err := c.send(ctx, entry)
			if xray.ErrorCode(err) == xray.CodeUnavailable {
				stop(err) // there is no use in trying the others
				return
			}
			p.ended(index, err)
		})
		return nil
	})
	wg.Wait()
	fmt.Printf("Imported %d, left out %d.\n", p.done, p.refused)
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case err == nil && p.refused > 0:
		err = xray.Errorf(xray.CodeInvalid, "%d entries were left out, see above: mend them and import the file again", p.refused)
	}
	return err
}

// send sends one entry to where its form belongs.
func (c *importCommand) send(ctx context.Context, entry json.RawMessage) error {
	var form struct{ ResourceSpans, Steps json.RawMessage }
	if err := json.Unmarshal(entry, &form); err != nil {
		return xray.Errorf(xray.CodeInvalid, "it is not a JSON object")
	}
	path := "/api/executions"
	switch {
	case form.ResourceSpans != nil:
		path = "/v1/traces"
	case form.Steps == nil:
		return xray.Errorf(xray.CodeInvalid, "it has neither steps (an execution) nor resourceSpans (OTLP)")
	case form.Steps[0] != '[':
		return xray.Errorf(xray.CodeInvalid, "steps is not a list")
	}
	_, err := c.request(ctx, http.MethodPost, path, entry)
	return err
}

// entries reads the values of a file one after the other: the elements of a
// JSON array, or values that follow each other (NDJSON). It never holds more
// than one.
func entries(r io.Reader, each func(index int, entry json.RawMessage) error) error {
	buffered := bufio.NewReader(r)
	dec := json.NewDecoder(buffered)
	inArray, err := startsArray(buffered)
	if err != nil {
		return err
	}
	if inArray {
		if _, err := dec.Token(); err != nil {
			return broken(dec, err)
		}
	}
	for index := 0; !inArray || dec.More(); index++ {
		var entry json.RawMessage
		switch err := dec.Decode(&entry); {
		case errors.Is(err, io.EOF) && !inArray:
			return nil
		case err != nil:
			return broken(dec, err)
		}
		if err := each(index, entry); err != nil {
			return err
		}
	}
	if _, err := dec.Token(); err != nil { // the end of the array
		return broken(dec, err)
	}
	return nil
}

// startsArray looks at the first character that is no white space.
func startsArray(r *bufio.Reader) (bool, error) {
	for n := 1; ; n++ {
		head, err := r.Peek(n)
		if len(head) < n {
			if errors.Is(err, io.EOF) || errors.Is(err, bufio.ErrBufferFull) {
				return false, nil // empty, or nothing but space: the decoder says so
			}
			return false, fmt.Errorf("read the file: %w", err)
		}
		if c := head[n-1]; !bytes.ContainsRune([]byte(" \t\r\n"), rune(c)) {
			return c == '[', nil
		}
	}
}

func broken(dec *json.Decoder, err error) error {
	return xray.Errorf(xray.CodeInvalid, "the file is no JSON at byte %d (%v): what came before it was imported", dec.InputOffset(), err)
}

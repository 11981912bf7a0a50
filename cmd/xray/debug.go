package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/pprof"
	"time"

	"github.com/xraytrace/xray"
)

// serveDebug serves Go's profiles under /debug/pprof/ until ctx ends. They show
// what the process does, and taking one slows it down, so they have a listener
// of their own, which only this machine can reach.
func serveDebug(ctx context.Context, addr string, log *slog.Logger) error {
	if addr == "" {
		return nil
	}
	a, err := parseAddress("debug-listen", addr)
	if err != nil {
		return err
	}
	if !a.loopback(false) {
		return xray.Errorf(xray.CodeInvalid, "--debug-listen is %q: it must be on this machine, as in localhost:6060", addr)
	}
	listeners, err := a.listen(false)
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/debug/pprof/", pprof.Index)
	mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("/debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("/debug/pprof/trace", pprof.Trace)
	server := &http.Server{
		Handler: mux, ReadHeaderTimeout: 10 * time.Second,
		BaseContext: func(net.Listener) context.Context { return ctx }, // a profile ends with the server
	}
	context.AfterFunc(ctx, func() { server.Close() })
	for _, l := range listeners {
		go func() {
			if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
				log.Warn("the debug listener ended", "error", err)
			}
		}()
	}
	log.Info("profiles are served", "url", fmt.Sprintf("%s/debug/pprof/", reachFlags{}.urlOf(listeners)))
	return nil
}

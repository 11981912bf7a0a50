package e2e

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// balancer sends each request to the next server that says it is ready, as a
// load balancer does: it asks now and then, and repeats nothing.
type balancer struct {
	mu       sync.Mutex
	backends []*server
	ready    []*server
	next     atomic.Uint64
	ended    chan struct{}
}

const probeEvery = 100 * time.Millisecond

func (b *balancer) probe() {
	client := &http.Client{Timeout: time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	for {
		b.mu.Lock()
		backends := b.backends
		b.mu.Unlock()
		var ready []*server
		for _, s := range backends {
			if resp, err := client.Get(s.UI + "/readyz"); err == nil {
				resp.Body.Close()
				if resp.StatusCode == http.StatusOK {
					ready = append(ready, s)
				}
			}
		}
		b.mu.Lock()
		b.ready = ready
		b.mu.Unlock()
		select {
		case <-b.ended:
			return
		case <-time.After(probeEvery):
		}
	}
}

// replace puts a server into the place of another, or a new one beside.
func (b *balancer) replace(old, by *server) {
	b.mu.Lock()
	defer b.mu.Unlock()
	backends := []*server{by}
	for _, s := range b.backends {
		if s != old {
			backends = append(backends, s)
		}
	}
	b.backends = backends
}

func (b *balancer) isReady(s *server) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, r := range b.ready {
		if r == s {
			return true
		}
	}
	return false
}

func (b *balancer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	ready := b.ready
	b.mu.Unlock()
	if len(ready) == 0 {
		http.Error(w, "nobody is ready", http.StatusBadGateway)
		return
	}
	to, _ := url.Parse(ready[b.next.Add(1)%uint64(len(ready))].UI)
	(&httputil.ReverseProxy{Rewrite: func(p *httputil.ProxyRequest) { p.SetURL(to) }}).ServeHTTP(w, r)
}

// TestARollingRestartFailsNoRequest stops and replaces two servers, one after
// the other, behind a load balancer and under load.
func TestARollingRestartFailsNoRequest(t *testing.T) {
	t.Parallel()
	owner := start(t, settings{}) // has the database; takes no requests
	shared := settings{args: []string{"--drain", "2s", "--database-url",
		fmt.Sprintf("postgres:///xray?user=xray&host=%s", filepath.Join(owner.dataDir, "socket"))}}
	first, second := start(t, shared), start(t, shared)
	b := &balancer{backends: []*server{first, second}, ended: make(chan struct{})}
	var running sync.WaitGroup
	running.Go(b.probe)
	eventually(t, "both are ready", time.Minute, func() bool { return b.isReady(first) && b.isReady(second) })
	entry := httptest.NewServer(b)
	defer entry.Close()

	all := &load{began: time.Now(), acknowledged: map[pcommon.TraceID][][]byte{}}
	var failed atomic.Pointer[string]
	var reads atomic.Int64
	stop := make(chan struct{})
	until := func(act func(n uint64) string) {
		for n := uint64(1); ; n++ {
			select {
			case <-stop:
				return
			default:
			}
			if trouble := act(n); trouble != "" {
				failed.CompareAndSwap(nil, &trouble)
				return
			}
		}
	}
	var mu sync.Mutex
	running.Go(func() {
		until(func(n uint64) string {
			id := pcommon.TraceID{15: byte(n), 14: byte(n >> 8), 0: 1}
			bodies := all.requests(id, n)
			for _, raw := range bodies {
				if !acknowledge(entry.URL, raw) {
					return fmt.Sprintf("execution %d is refused", n)
				}
			}
			mu.Lock()
			all.acknowledged[id] = bodies
			mu.Unlock()
			return ""
		})
	})
	running.Go(func() {
		until(func(uint64) string {
			resp, err := http.Get(entry.URL + "/api/executions?limit=5")
			if err != nil {
				return err.Error()
			}
			resp.Body.Close()
			if resp.StatusCode != http.StatusOK {
				return "the list: " + resp.Status
			}
			reads.Add(1)
			return ""
		})
	})
	for _, old := range []*server{first, second} {
		fresh := start(t, shared)
		b.replace(nil, fresh)
		eventually(t, "the new one is ready", time.Minute, func() bool { return b.isReady(fresh) })
		old.stop()
		b.replace(old, fresh)
	}
	close(stop)
	close(b.ended)
	running.Wait()
	if trouble := failed.Load(); trouble != nil {
		t.Fatal(*trouble)
	}
	if len(all.acknowledged) < 20 || reads.Load() < 20 {
		t.Fatalf("only %d executions and %d reads while the servers changed", len(all.acknowledged), reads.Load())
	}
	all.check(t, owner)
}

package main

import (
	"fmt"
	"io"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// progress tells the one who waits for an import how far it is. Its methods may
// be called from several goroutines.
type progress struct {
	out  io.Writer
	size int64 // of the file in bytes, 0 if it is not known
	read atomic.Int64

	mu            sync.Mutex
	done, refused int
	told          time.Time
}

// between is how often it tells.
const between = 2 * time.Second

func newProgress(out io.Writer, file *os.File) *progress {
	p := &progress{out: out, told: time.Now()}
	if info, err := file.Stat(); err == nil && info.Mode().IsRegular() {
		p.size = info.Size()
	}
	return p
}

// reading counts what is read of the file.
func (p *progress) reading(r io.Reader) io.Reader {
	return readerFunc(func(b []byte) (int, error) {
		n, err := r.Read(b)
		p.read.Add(int64(n))
		return n, err
	})
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(b []byte) (int, error) { return f(b) }

// ended counts an entry, and says why one is left out.
func (p *progress) ended(index int, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err != nil {
		p.refused++
		fmt.Fprintf(p.out, "entry %d is left out: %s\n", index, message(err))
	} else {
		p.done++
	}
	if time.Since(p.told) < between {
		return
	}
	p.told = time.Now()
	part := ""
	if p.size > 0 {
		part = fmt.Sprintf(", %d %% of the file read", 100*p.read.Load()/p.size)
	}
	fmt.Fprintf(p.out, "%d imported, %d left out%s\n", p.done, p.refused, part)
}

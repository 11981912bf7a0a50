package limit

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/xraytrace/xray"
)

// shelf is the database of several processes, in memory.
type shelf struct {
	mu     sync.Mutex
	limits []xray.LimitSettings
	uses   map[string]xray.LimitUse
	counts []xray.IngestCount
	down   bool
}

var errDown = errors.New("database away")

func (s *shelf) LimitedProjects(context.Context) ([]xray.LimitSettings, error) { return s.limits, nil }

func (s *shelf) ShareUses(_ context.Context, own []xray.LimitUse) (others []xray.LimitUse, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, u := range own {
		s.uses[u.Instance] = u
	}
	for instance, u := range s.uses {
		if instance != own[0].Instance {
			others = append(others, u)
		}
	}
	return others, nil
}

func (s *shelf) AddIngest(_ context.Context, counts []xray.IngestCount) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.down {
		return errDown
	}
	s.counts = append(s.counts, counts...)
	return nil
}

func (s *shelf) UsesToday(context.Context, []int32) ([]xray.DayUse, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	today := xray.DayUse{ProjectID: 7}
	for _, c := range s.counts {
		if c.Reason == "" && c.Minute/1440 == time.Now().Unix()/86400 {
			today.Bytes += c.Bytes
		}
	}
	return []xray.DayUse{today}, nil
}

var (
	shop = xray.Principal{Project: xray.Project{ID: 7}}
	ci   = xray.Principal{Project: xray.Project{ID: 7}, Key: &xray.APIKey{ID: 12, Family: 4}}
	bank = xray.Principal{Project: xray.Project{ID: 8}}
)

// opened is a book with limits of project 7 and one of its keys.
func opened(t *testing.T, s *shelf, instance string, project xray.Limits, keys ...xray.KeyLimits) *Book {
	t.Helper()
	if s.uses == nil {
		s.uses = map[string]xray.LimitUse{}
	}
	s.limits = []xray.LimitSettings{{ProjectID: 7, Project: project, Keys: keys}}
	b := NewBook(s, instance, time.Now)
	if err := b.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	return b
}

// taken counts how many of n requests come in.
func taken(b *Book, p xray.Principal, n int) (in int, last error) {
	for range n {
		if _, err := b.Enter(p); err != nil {
			last = err
			continue
		}
		in++
	}
	return in, last
}

func retryAfter(t *testing.T, err error) time.Duration {
	t.Helper()
	e, ok := errors.AsType[*xray.Error](err)
	if !ok || e.Code != xray.CodeLimit {
		t.Fatalf("refused with %v, want CodeLimit", err)
	}
	return e.RetryAfter
}

func TestABurstComesInAndThenARate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := opened(t, &shelf{}, "a", xray.Limits{RequestsPerSecond: 2})
		in, err := taken(b, shop, 100)
		if in != 10 || retryAfter(t, err) != 500*time.Millisecond {
			t.Errorf("%d of a hundred at once, come again in %v; want five seconds' worth, and half a second", in, err)
		}
		if other, _ := taken(b, bank, 100); other != 100 {
			t.Errorf("another project sent %d of 100", other)
		}
		time.Sleep(500*time.Millisecond - 1)
		if in, _ := taken(b, shop, 1); in != 0 {
			t.Error("in before the time that was told")
		}
		time.Sleep(time.Nanosecond)
		if in, _ := taken(b, shop, 2); in != 1 {
			t.Errorf("%d in when the time was over, want 1", in)
		}
		time.Sleep(time.Hour)
		if in, _ := taken(b, shop, 100); in != 10 {
			t.Errorf("%d after a long pause, want the burst", in)
		}
	})
}

func TestBytesAreOwedAndPaidBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := opened(t, &shelf{}, "a", xray.Limits{BytesPerSecond: 1000, BurstSeconds: 1})
		if _, err := b.Enter(shop); err != nil {
			t.Fatal(err)
		}
		b.Charge(shop, 4000) // more than ever fits
		reason, err := b.Enter(shop)
		if wait := retryAfter(t, err); reason != xray.ReasonBytes || wait != 3001*time.Millisecond {
			t.Errorf("%s, come again in %v; want 3 s of debt and a byte", reason, wait)
		}
		time.Sleep(3001 * time.Millisecond)
		if _, err := b.Enter(shop); err != nil {
			t.Errorf("when the debt is paid: %v", err)
		}
	})
}

func TestAKeyIsBoundByItsOwnLimitsAndItsProjects(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := opened(t, &shelf{}, "a", xray.Limits{RequestsPerSecond: 2}, xray.KeyLimits{KeyID: 4, Limits: xray.Limits{RequestsPerSecond: 1}})
		if in, _ := taken(b, ci, 100); in != 5 {
			t.Errorf("%d with the key, want its five", in)
		}
		if in, _ := taken(b, shop, 100); in != 5 {
			t.Errorf("%d without it, want what is left of ten: what the key was refused costs nothing", in)
		}
	})
}

func TestADayEndsAtMidnightUTC(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // the bubble begins at midnight UTC
		s := &shelf{counts: []xray.IngestCount{{ProjectID: 7, Minute: time.Now().Unix() / 60, Bytes: 600}}}
		b := opened(t, s, "a", xray.Limits{BytesPerDay: 1000})
		b.Taken(shop, 1, 0, 399, "")
		if _, err := b.Enter(shop); err != nil {
			t.Errorf("with a byte to go, after a restart: %v", err)
		}
		b.Taken(shop, 1, 0, 50, "")
		time.Sleep(time.Hour)
		reason, err := b.Enter(shop)
		if wait := retryAfter(t, err); reason != xray.ReasonDay || wait != 23*time.Hour {
			t.Errorf("%s, come again in %v", reason, wait)
		}
		time.Sleep(23 * time.Hour)
		if _, err := b.Enter(shop); err != nil {
			t.Errorf("on the next day: %v", err)
		}
	})
}

func TestProcessesShareALimitWithinASecondsWorth(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{}
		books := []*Book{opened(t, s, "a", xray.Limits{RequestsPerSecond: 100, BurstSeconds: 1}), opened(t, s, "b", xray.Limits{RequestsPerSecond: 100, BurstSeconds: 1})}
		ctx, cancel := context.WithCancel(t.Context())
		var followers sync.WaitGroup
		for _, b := range books {
			followers.Go(func() { b.Follow(ctx, slog.New(slog.DiscardHandler)) })
		}
		in := 0
		for range 60 * 100 { // a minute in which each is asked for twice the limit
			for _, b := range books {
				n, _ := taken(b, shop, 2)
				in += n
			}
			time.Sleep(10 * time.Millisecond)
		}
		cancel()
		followers.Wait()
		if most := 100*60 + 100 + 2*100; in > most || in < 100*60*8/10 {
			t.Errorf("both took %d in a minute, want about 6000 and at most %d", in, most)
		}
	})
}

func TestTheLogIsBoundedAndSurvivesAnOutage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{down: true}
		b := NewBook(s, "a", time.Now)
		for range 1000 {
			b.Taken(ci, 10, 1, 100, "one was nonsense")
			b.Refused(ci, xray.ReasonBytes, 0, "too fast")
		}
		if err := b.write(t.Context()); !errors.Is(err, errDown) {
			t.Fatalf("written while the database is away: %v", err)
		}
		b.Taken(ci, 10, 0, 100, "")
		s.down = false
		if err := b.write(t.Context()); err != nil {
			t.Fatal(err)
		}
		got := map[string][3]int64{}
		for _, c := range s.counts {
			got[c.Reason] = [3]int64{c.Requests, c.Records, c.Bytes}
		}
		want := map[string][3]int64{"": {1001, 10010, 100100}, xray.ReasonRecords: {0, 1000, 0}, xray.ReasonBytes: {1000, 0, 0}}
		if !maps.Equal(got, want) {
			t.Errorf("wrote %v, want %v", got, want)
		}
		if i := slices.IndexFunc(s.counts, func(c xray.IngestCount) bool { return c.Reason == xray.ReasonBytes }); s.counts[i].Error != "too fast" || s.counts[i].Family != 4 {
			t.Errorf("the refusal is told as %+v", s.counts[i])
		}
	})
}

func TestARequestThatIsTakenWholeLeavesNoRefusal(t *testing.T) {
	b := NewBook(&shelf{}, "a", time.Now)
	b.Taken(ci, 10, 0, 100, "")
	if len(b.log) != 1 {
		t.Errorf("%d lines in the log, want one: %v", len(b.log), b.log)
	}
}

// What a request costs that has no limits, and one that has.
func BenchmarkARequest(b *testing.B) {
	for name, project := range map[string]xray.Limits{"without limits": {}, "with limits": {RequestsPerSecond: 1e6, BytesPerSecond: 1 << 40, BytesPerDay: 1 << 50}} {
		b.Run(name, func(b *testing.B) {
			book := NewBook(&shelf{}, "a", time.Now)
			if project != (xray.Limits{}) {
				book.take(map[subject]xray.Limits{{7, 0}: project})
			}
			for b.Loop() {
				book.Enter(ci)
				book.Most(ci, 1<<20)
				book.Charge(ci, 100)
				book.Taken(ci, 10, 0, 100, "")
			}
		})
	}
}

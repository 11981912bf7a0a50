package store_test

import (
	"reflect"
	"testing"
	"time"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/internal/pgtest"
)

func TestLimitsFollowAKeyToItsSuccessor(t *testing.T) {
	t.Parallel()
	s := openNew(t)
	_, first, err := s.CreateKey(t.Context(), theProject, xray.NewKey{Name: "ci", Scope: xray.ScopeIngest})
	if err != nil {
		t.Fatal(err)
	}
	few := xray.Limits{RequestsPerSecond: 1.5, BytesPerSecond: 10, BurstSeconds: 2, BytesPerDay: 1000, MaxRequestBytes: 100}
	set := xray.LimitSettings{ProjectID: theProject, Project: xray.Limits{BytesPerDay: 5000}, Keys: []xray.KeyLimits{{KeyID: first.ID, Limits: few}}}
	if err := s.SetLimits(t.Context(), theProject, set); err != nil {
		t.Fatal(err)
	}
	_, next, _, err := s.RotateKey(t.Context(), theProject, first.ID, xray.Rotation{})
	if err != nil {
		t.Fatal(err)
	}
	byKey, err := s.Limits(t.Context(), theProject)
	if err != nil || len(byKey.Keys) != 1 || byKey.Keys[0] != (xray.KeyLimits{KeyID: next.ID, Limits: few}) || byKey.Project != set.Project {
		t.Errorf("after a rotation %+v, error %v", byKey, err)
	}
	all, err := s.LimitedProjects(t.Context())
	if err != nil || !reflect.DeepEqual(all, []xray.LimitSettings{set}) {
		t.Errorf("by family %+v, error %v, want the first key's number", all, err)
	}
	other, err := s.CreateProject(t.Context(), "other")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.SetLimits(t.Context(), other.ID, set); xray.ErrorCode(err) != xray.CodeNotFound {
		t.Errorf("limits for another project's key: %v", err)
	}
	if err := s.SetLimits(t.Context(), theProject, xray.LimitSettings{}); err != nil {
		t.Fatal(err)
	}
	if all, err := s.LimitedProjects(t.Context()); err != nil || len(all) > 0 {
		t.Errorf("no limits are %+v, error %v", all, err)
	}
}

func TestProcessesHearWhatOthersHaveTaken(t *testing.T) {
	t.Parallel()
	s, c := openAt(t, pgtest.New(t), aStart.Time())
	use := func(instance string, n int64) xray.LimitUse {
		return xray.LimitUse{ProjectID: theProject, Instance: instance, Requests: n, Bytes: 10 * n}
	}
	for n := range int64(3) {
		if _, err := s.ShareUses(t.Context(), []xray.LimitUse{use("a", n)}); err != nil {
			t.Fatal(err)
		}
	}
	others, err := s.ShareUses(t.Context(), []xray.LimitUse{use("b", 1)})
	if err != nil || len(others) != 1 || others[0] != use("a", 2) {
		t.Errorf("b hears %+v, error %v", others, err)
	}
	c.set(aStart.Time().Add(2 * time.Minute))
	if others, err := s.ShareUses(t.Context(), []xray.LimitUse{use("b", 2)}); err != nil || len(others) > 0 {
		t.Errorf("of one that is gone b hears %+v, error %v", others, err)
	}
}

func TestTheIngestLogAddsUpAndForgets(t *testing.T) {
	t.Parallel()
	s, c := openAt(t, pgtest.New(t), aStart.Time())
	minute := aStart.Time().Unix() / 60
	at := time.Unix(minute*60, 0)
	taken := xray.IngestCount{ProjectID: theProject, Minute: minute, Family: 4, Requests: 2, Records: 20, Bytes: 200, At: at}
	refused := xray.IngestCount{ProjectID: theProject, Minute: minute, Reason: xray.ReasonDay, Requests: 1, Error: "too\x00much", At: at}
	gone := xray.IngestCount{ProjectID: 999, Minute: minute, Requests: 1, Bytes: 1, At: at}
	for range 2 {
		if err := s.AddIngest(t.Context(), []xray.IngestCount{taken, refused, gone}); err != nil {
			t.Fatal(err)
		}
	}
	r, err := s.IngestReport(t.Context(), theProject, at.Add(-time.Hour), at.Add(time.Minute))
	if err != nil || len(r.Counts) != 2 || r.BytesToday != 400 || r.Queue.Waiting != 0 || r.Queue.Since != nil {
		t.Fatalf("%+v, error %v", r, err)
	}
	if got := r.Counts[1]; got.Requests != 4 || got.Records != 40 || got.Bytes != 400 || got.Family != 4 {
		t.Errorf("what was taken twice: %+v", got)
	}
	if got := r.Counts[0]; got.Requests != 2 || got.Error != "too�much" {
		t.Errorf("what was refused twice: %+v", got)
	}
	uses, err := s.UsesToday(t.Context(), []int32{theProject})
	if err != nil || len(uses) != 2 || uses[0].Bytes != 400 || uses[1].Bytes != 400 {
		t.Errorf("today %+v, error %v, want the family's and the project's", uses, err)
	}
	c.set(aStart.Time().Add(8 * 24 * time.Hour))
	later := taken
	later.Minute += 8 * 24 * 60
	if err := s.AddIngest(t.Context(), []xray.IngestCount{later}); err != nil {
		t.Fatal(err)
	}
	if r, err := s.IngestReport(t.Context(), theProject, at.Add(-time.Hour), at.Add(time.Minute)); err != nil || len(r.Counts) > 0 {
		t.Errorf("after eight days: %+v, error %v", r, err)
	}
}

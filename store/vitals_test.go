package store_test

import (
	"testing"
	"time"

	"github.com/xraytrace/xray/internal/pgtest"
	"github.com/xraytrace/xray/store"
)

func TestVitalsSeeWhatIsWrong(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	look := func() store.Vitals {
		t.Helper()
		v, err := store.Examine(t.Context(), url)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	well := look()
	if well.Schema == 0 || well.Schema != well.Wanted || well.VersionNumber < 150000 || well.Size == 0 || well.MaxConnections == 0 {
		t.Errorf("of a migrated database: %+v", well)
	}
	if well.Skew > well.Answered+time.Second || well.Skew < -well.Answered-time.Second {
		t.Errorf("on one machine the clocks differ by %s", well.Skew)
	}
	if len(well.MissingDays) != 2 {
		t.Errorf("before the first write these days have no partition: %v", well.MissingDays)
	}
	if well.Instances != 0 || well.Unsettled != 0 || well.Jobs != 0 || well.Discarded != 0 {
		t.Errorf("of an empty database: %+v", well)
	}

	exec(t, url, `INSERT INTO unsettled VALUES (1, gen_random_uuid(), 1, (extract(epoch FROM now() - interval '1 hour') * 1e9)::bigint)`)
	exec(t, url, `INSERT INTO river.river_job (state, finalized_at, kind, max_attempts, args, queue) VALUES ('discarded', now(), 'k', 1, '{}', 'q')`)
	if v := look(); v.Unsettled != 1 || v.OldestWait < 59*time.Minute || v.OldestWait > 61*time.Minute || v.Discarded != 1 {
		t.Errorf("with an execution that waits: %+v", v)
	}
	exec(t, url, `DELETE FROM goose_db_version WHERE version_id > 1`)
	if v := look(); v.Schema != 1 || v.Unsettled != 0 {
		t.Errorf("of an older schema: %+v", v)
	}
	exec(t, url, `DROP TABLE goose_db_version`)
	if v := look(); v.Schema != 0 {
		t.Errorf("without a schema: %+v", v)
	}
}

package store_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/xraytrace/xray/internal/pgtest"
	"github.com/xraytrace/xray/store"
)

var update = flag.Bool("update", false, "write golden files")

// schemaSQL describes the schema line by line, without what differs between
// versions of PostgreSQL.
const schemaSQL = `
SELECT format('table %s%s', c.relname, CASE c.relkind WHEN 'p' THEN ' partitioned by ' || pg_get_partkeydef(c.oid) ELSE '' END)
       || coalesce(' with (' || array_to_string(c.reloptions, ', ') || ')', ''),
       ARRAY(SELECT format('%s %s%s%s%s', a.attname, format_type(a.atttypid, a.atttypmod),
                           CASE WHEN a.attnotnull THEN ' not null' ELSE '' END,
                           coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), ''),
                           CASE WHEN a.attidentity <> '' THEN ' identity' ELSE '' END)
             FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
             WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum),
       ARRAY(SELECT pg_get_constraintdef(k.oid) FROM pg_constraint k
             WHERE k.conrelid = c.oid AND k.contype <> 'n' ORDER BY k.contype, k.conname),
       ARRAY(SELECT pg_get_indexdef(i.indexrelid) FROM pg_index i
             WHERE i.indrelid = c.oid AND NOT i.indisprimary ORDER BY 1)
FROM pg_class c
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
  AND c.relname <> 'goose_db_version'
ORDER BY c.relname`

func TestTheSchemaIsAsTheGoldenFileSays(t *testing.T) {
	t.Parallel()
	conn, err := pgx.Connect(t.Context(), pgtest.New(t))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	rows, err := conn.Query(t.Context(), schemaSQL)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	b.WriteString("-- The whole schema as the migrations make it. Written by a test of package store:\n" +
		"-- go test ./store -run Schema -update\n")
	var table string
	var columns, constraints, indexes []string
	_, err = pgx.ForEachRow(rows, []any{&table, &columns, &constraints, &indexes}, func() error {
		fmt.Fprintf(&b, "\n%s\n", table)
		for _, line := range slices.Concat(columns, constraints, indexes) {
			fmt.Fprintf(&b, "    %s\n", line)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	golden(t, filepath.Join("..", "migrations", "schema.golden.sql"), b.String())
}

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-file +now), -update writes it:\n%s", path, diff)
	}
}

func TestMigrationsRunOnceWhateverStartsAtOnce(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	exec(t, url, "DROP SCHEMA river CASCADE; DROP SCHEMA public CASCADE; CREATE SCHEMA public")
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if err := store.Migrate(t.Context(), url); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := count(t, url, "SELECT count(*) FROM projects"); n != 1 {
		t.Errorf("%d projects after four migrations at once, want 1", n)
	}
}

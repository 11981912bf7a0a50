package store_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/internal/pgtest"
	"github.com/xraytrace/xray/store"
)

// projectTablesSQL are the tables with rows of projects, and whether somebody
// who does not own them needs a policy to see any.
const projectTablesSQL = `
SELECT c.relname, c.relrowsecurity AND EXISTS (
    SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polcmd IN ('r', '*') AND pg_get_expr(p.polqual, p.polrelid) LIKE '%xray.project_id%')
FROM pg_class c
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
  AND (c.relname = 'projects' OR EXISTS (
      SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'project_id' AND NOT a.attisdropped))`

func projectTables(t *testing.T, url string) map[string]bool {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	rows, err := conn.Query(t.Context(), projectTablesSQL)
	if err != nil {
		t.Fatal(err)
	}
	walled := map[string]bool{}
	var table string
	var stands bool
	if _, err := pgx.ForEachRow(rows, []any{&table, &stands}, func() error { walled[table] = stands; return nil }); err != nil {
		t.Fatal(err)
	}
	return walled
}

func TestEveryTableWithRowsOfProjectsStandsBehindTheWall(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	tables := projectTables(t, url)
	for table, stands := range tables {
		if !stands {
			t.Errorf("%s has no policy", table)
		}
	}
	if len(tables) < 20 {
		t.Errorf("looked at %d tables only", len(tables))
	}
	exec(t, url, "CREATE TABLE forgotten (project_id integer NOT NULL, secret text)")
	if err := store.Migrate(t.Context(), url); err != nil {
		t.Fatal(err)
	}
	if !projectTables(t, url)["forgotten"] {
		t.Error("a table that nobody thought of has no policy after the next start")
	}
}

// twoProjects fills two projects by every way that tests have, and returns the
// second one's number.
func twoProjects(t *testing.T, s *store.Store) int32 {
	t.Helper()
	other, err := s.CreateProject(t.Context(), "other")
	if err != nil {
		t.Fatal(err)
	}
	for i, project := range []int32{theProject, other.ID} {
		put(t, s, batchOf(t, project, span(1+i, 1, 0, "number=7", 1, 2), span(1+i, 2, 1, "b", 1, 2)))
		put(t, s, batchOf(t, project, span(10+i, 1, 0, "c", 3, 4)))
		if _, _, err := s.CreateKey(t.Context(), project, xray.NewKey{Name: "k", Scope: xray.ScopeRead}); err != nil {
			t.Fatal(err)
		}
		if _, err := s.CreateView(t.Context(), project, xray.View{Name: "v"}); err != nil {
			t.Fatal(err)
		}
	}
	return other.ID
}

func TestAQueryThatForgetsItsConditionSeesOneProject(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	s := open(t, url, quick())
	other := twoProjects(t, s)
	seen := 0
	for table := range projectTables(t, url) {
		column := "project_id"
		if table == "projects" {
			column = "id"
		}
		for _, project := range []int32{theProject, other} {
			foreign, err := s.ReadAs(t.Context(), project, fmt.Sprintf("SELECT count(*) FROM %s WHERE %s IS DISTINCT FROM %d", table, column, project))
			if err != nil || foreign != 0 {
				t.Errorf("project %d sees %d rows of others in %s, error %v", project, foreign, table, err)
			}
			own, err := s.ReadAs(t.Context(), project, "SELECT count(*) FROM "+table)
			if all := count(t, url, fmt.Sprintf("SELECT count(*) FROM %s WHERE %s = %d", table, column, project)); err != nil || own != all {
				t.Errorf("project %d sees %d of its %d rows in %s, error %v", project, own, all, table, err)
			}
			seen += own
		}
		if n, err := s.ReadAs(t.Context(), 0, "SELECT count(*) FROM "+table); err != nil || n != 0 {
			t.Errorf("who reads for no project sees %d rows in %s, error %v", n, table, err)
		}
	}
	if seen < 20 {
		t.Errorf("both projects saw %d rows in all: too few to say anything", seen)
	}
	if !s.Walled() {
		t.Error("the store says that it reads without row-level security")
	}
}

// Connections change hands between projects all the time.
func TestConnectionsAreSetAnewForEachProject(t *testing.T) {
	t.Parallel()
	opts := quick()
	opts.MaxConns = 4
	s := open(t, pgtest.New(t), opts)
	other := twoProjects(t, s)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for n := range 50 {
				project := []int32{theProject, other, 0}[(i+n)%3]
				got, err := s.ReadAs(t.Context(), project, "SELECT coalesce(max(project_id), 0) FROM executions")
				if err != nil || int32(got) != project {
					t.Errorf("a query of project %d saw %d, error %v", project, got, err)
				}
			}
		})
	}
	wg.Wait()
}

func TestTheReadingRoleCanDoNothingButRead(t *testing.T) {
	t.Parallel()
	s := openNew(t)
	twoProjects(t, s)
	for _, sql := range []string{
		"UPDATE executions SET name = 'x' RETURNING 1",
		"DELETE FROM views RETURNING 1",
		"INSERT INTO views (project_id, name, query, columns, range, sort, updated_at) VALUES (1, 'x', '', '{}', '', '', now()) RETURNING 1",
		"SELECT count(*) FROM sessions",
		"SELECT count(*) FROM users",
		"SELECT count(*) FROM river.river_job",
		"SELECT count(*) FROM " + "steps_" + s.Today(),
	} {
		if n, err := s.ReadAs(t.Context(), theProject, sql); err == nil || !strings.Contains(err.Error(), "permission denied") {
			t.Errorf("%s: %d, error %v", sql, n, err)
		}
	}
}

// asOwner makes a database user of its own, gives it an empty schema of a
// database, and returns the URL it connects with.
func asOwner(t *testing.T, database, rights string) string {
	t.Helper()
	u, err := url.Parse(database)
	if err != nil {
		t.Fatal(err)
	}
	name := "owner_" + strings.TrimPrefix(u.Path, "/")
	exec(t, database, fmt.Sprintf(`
		CREATE ROLE %[1]s LOGIN %[2]s;
		DROP SCHEMA river CASCADE; DROP SCHEMA public CASCADE; CREATE SCHEMA public AUTHORIZATION %[1]s;
		ALTER DATABASE %[3]s OWNER TO %[1]s`, name, rights, strings.TrimPrefix(u.Path, "/")))
	t.Cleanup(func() {
		conn, err := pgxpool.New(context.Background(), database)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if _, err := conn.Exec(context.Background(), fmt.Sprintf("REASSIGN OWNED BY %[1]s TO CURRENT_USER; DROP OWNED BY %[1]s; DROP ROLE %[1]s", name)); err != nil {
			t.Errorf("drop the user: %v", err)
		}
	})
	u.User = url.User(name)
	query := u.Query()
	if query.Has("user") {
		query.Set("user", name)
		u.RawQuery = query.Encode()
	}
	return u.String()
}

func TestTheWallNeedsNoSuperuser(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, rights string
		walled       bool
		says         string
	}{
		{"an owner who may make roles", "CREATEROLE", true, ""},
		{"an owner who may not", "", false, "GRANT xray_reader TO owner_"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			url := asOwner(t, pgtest.New(t), tc.rights)
			for range 2 { // the second start finds everything there
				if err := store.Migrate(t.Context(), url); err != nil {
					t.Fatal(err)
				}
			}
			var log bytes.Buffer
			opts := quick()
			opts.Logger = slog.New(slog.NewTextHandler(&log, nil))
			s, err := store.Open(t.Context(), url, opts)
			if err != nil {
				t.Fatal(err)
			}
			other := twoProjects(t, s)
			n, err := s.ReadAs(t.Context(), other, "SELECT count(*) FROM executions")
			if want := map[bool]int{true: 2, false: 4}[tc.walled]; err != nil || n != want || s.Walled() != tc.walled {
				t.Errorf("a query without a condition saw %d rows, want %d; walled is %v, error %v", n, want, s.Walled(), err)
			}
			page, err := s.Executions(t.Context(), other, xray.ExecutionQuery{})
			if err != nil || len(page.Executions) != 2 {
				t.Errorf("%d executions, want 2, error %v", len(page.Executions), err)
			}
			s.Close()
			if !strings.Contains(log.String(), tc.says) || tc.walled && strings.Contains(log.String(), "row-level") {
				t.Errorf("the log says %s", &log)
			}
		})
	}
}

func TestAUserWhomTheWallShutsOutIsRefused(t *testing.T) {
	t.Parallel()
	database := pgtest.New(t)
	guest := asOwner(t, database, "")
	if err := store.Migrate(t.Context(), database); err != nil {
		t.Fatal(err)
	}
	exec(t, database, "GRANT ALL ON ALL TABLES IN SCHEMA public TO PUBLIC; GRANT ALL ON SCHEMA river TO PUBLIC; GRANT ALL ON ALL TABLES IN SCHEMA river TO PUBLIC")
	err := store.Migrate(t.Context(), guest)
	if xray.ErrorCode(err) != xray.CodeConflict || !strings.Contains(err.Error(), "GRANT") {
		t.Errorf("a user who would see no rows may serve: %v", err)
	}
}

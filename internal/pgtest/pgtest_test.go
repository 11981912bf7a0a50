package pgtest

import (
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

func TestMain(m *testing.M) { Main(m) }

func TestEachTestHasAMigratedDatabaseOfItsOwn(t *testing.T) {
	var urls [2]string
	for i := range urls {
		urls[i] = New(t)
		conn, err := pgx.Connect(t.Context(), urls[i])
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close(t.Context())
		var n int
		if err := conn.QueryRow(t.Context(), "SELECT count(*) FROM projects WHERE slug = 'mine'").Scan(&n); err != nil {
			t.Fatalf("the schema is not there: %v", err)
		}
		if n != 0 {
			t.Errorf("database %d sees what was written to the other", i)
		}
		if _, err := conn.Exec(t.Context(), "INSERT INTO projects (slug) VALUES ('mine')"); err != nil {
			t.Fatal(err)
		}
	}
	if urls[0] == urls[1] {
		t.Errorf("both databases are %s", urls[0])
	}
}

func TestTheDatabaseIsDroppedWhenTheTestEnds(t *testing.T) {
	var gone string
	t.Run("a test that leaves a connection open", func(t *testing.T) {
		gone = New(t)
		if _, err := pgx.Connect(t.Context(), gone); err != nil {
			t.Fatal(err)
		}
	})
	_, err := pgx.Connect(t.Context(), gone)
	if err == nil || !strings.Contains(err.Error(), "does not exist") {
		t.Errorf("connect after the test: %v, want that it does not exist", err)
	}
}

func BenchmarkNew(b *testing.B) {
	New(b) // starts the server
	for b.Loop() {
		New(b)
	}
}

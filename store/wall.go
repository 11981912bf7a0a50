package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/xraytrace/xray"
)

// Behind the WHERE of every query that reads for a project stands a second wall:
// row-level security (docs/adr/016). Reads run as a role that may only select,
// and only rows of the project that its connection is set to.
const (
	readerRole  = "xray_reader"
	wallPolicy  = "own_project"
	wallSetting = "xray.project_id"
)

// wallSQL finds the tables with rows of projects, the column that says of which,
// and whether the wall stands before them. Partitions are read through their
// parents, and the role may not read them directly.
const wallSQL = `
SELECT c.relname, coalesce(a.attname, 'id'),
       c.relrowsecurity AND EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = @policy)
FROM pg_class c LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'project_id' AND NOT a.attisdropped
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
  AND (a.attname IS NOT NULL OR c.relname = 'projects')
ORDER BY c.relname`

// sharedTables have rows that are of no project: numbers of attributes, by
// hashes that the project is part of.
var sharedTables = []string{"terms", "term_runs"}

// raiseWall puts a policy before every table that has rows of projects and lets
// the reading role read them. It runs after each migration rather than in them,
// so that no table can be forgotten, and because whether there can be a role is
// for the server to say: where it cannot be made, reads go on without it
// (see [Store.Walled]).
func raiseWall(ctx context.Context, conn *pgx.Conn) error {
	rows, err := conn.Query(ctx, wallSQL, pgx.NamedArgs{"policy": wallPolicy})
	if err != nil {
		return fmt.Errorf("look at row-level security: %w", err)
	}
	tables := append([]string(nil), sharedTables...)
	var table, column string
	var stands bool
	bare := map[string]string{}
	_, err = pgx.ForEachRow(rows, []any{&table, &column, &stands}, func() error {
		tables = append(tables, table)
		if !stands {
			bare[table] = column
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("look at row-level security: %w", err)
	}
	for table, column := range bare {
		if _, err := conn.Exec(ctx, policyDDL(table, column)); err != nil {
			return fmt.Errorf("set up row-level security of %s: %w", table, err)
		}
	}
	if err := checkOwner(ctx, conn); err != nil {
		return err
	}
	return letRead(ctx, conn, tables)
}

// policyDDL is one transaction. A connection that is set to project 0 sees
// nothing, one that is set to none gets an error. Without a subquery around the
// setting, reading the steps of an execution takes 60 µs of the server's time
// instead of 75 (and 45 without the wall); a list's page 85 to 90 in all cases.
func policyDDL(table, column string) string {
	name := pgx.Identifier{table}.Sanitize()
	return fmt.Sprintf(`
		ALTER TABLE %[1]s ENABLE ROW LEVEL SECURITY;
		DROP POLICY IF EXISTS %[2]s ON %[1]s;
		CREATE POLICY %[2]s ON %[1]s FOR SELECT
		USING (%[3]s = current_setting('%[4]s')::integer)`, name, wallPolicy, column, wallSetting)
}

// checkOwner refuses a database user whom the wall would shut out of everything:
// one who neither owns the tables nor is the owner's member.
func checkOwner(ctx context.Context, conn *pgx.Conn) error {
	var shut bool
	var user, owner string
	err := conn.QueryRow(ctx, `
		SELECT row_security_active(oid), current_user, pg_get_userbyid(relowner) FROM pg_class WHERE oid = 'executions'::regclass`).Scan(&shut, &user, &owner)
	if err != nil {
		return fmt.Errorf("look who owns the tables: %w", err)
	}
	if shut {
		return xray.Errorf(xray.CodeConflict, "the database user %q does not own X-Ray's tables, so row-level security would hide all of them: connect as %q, or run as it: GRANT %q TO %q", user, owner, owner, user)
	}
	return nil
}

// letRead makes the reading role, if this server allows that and there is none,
// and lets it read.
func letRead(ctx context.Context, conn *pgx.Conn, tables []string) error {
	var citus, exists, member bool
	err := conn.QueryRow(ctx, `
		SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'citus'),
		       EXISTS (SELECT FROM pg_roles WHERE rolname = $1),
		       EXISTS (SELECT FROM pg_roles WHERE rolname = $1 AND pg_has_role(oid, 'MEMBER'))`, readerRole).Scan(&citus, &exists, &member)
	if err != nil {
		return fmt.Errorf("look for the role %s: %w", readerRole, err)
	}
	if citus {
		return nil
	}
	if !exists {
		if _, err := conn.Exec(ctx, "CREATE ROLE "+readerRole+" NOLOGIN"); err != nil && !refused(err) && !madeMeanwhile(err) {
			return fmt.Errorf("make the role %s: %w", readerRole, err)
		}
	}
	if !member {
		if _, err := conn.Exec(ctx, "GRANT "+readerRole+" TO CURRENT_USER"); err != nil && !refused(err) && !madeMeanwhile(err) {
			return fmt.Errorf("become a member of the role %s: %w", readerRole, err)
		}
	}
	return grantReads(ctx, conn, tables)
}

// grantReads lets the role read those tables that it may not yet.
func grantReads(ctx context.Context, conn *pgx.Conn, tables []string) error {
	var closed bool
	var schema string
	err := conn.QueryRow(ctx, `
		SELECT current_schema(), EXISTS (SELECT FROM pg_roles WHERE rolname = $1 AND NOT has_schema_privilege(oid, current_schema(), 'USAGE'))`,
		readerRole).Scan(&schema, &closed)
	if err == nil && closed {
		_, err = conn.Exec(ctx, "GRANT USAGE ON SCHEMA "+pgx.Identifier{schema}.Sanitize()+" TO "+readerRole)
	}
	if err != nil {
		return fmt.Errorf("let the role %s use the schema: %w", readerRole, err)
	}
	rows, err := conn.Query(ctx, `
		SELECT t FROM pg_roles r, unnest($2::text[]) AS t
		WHERE r.rolname = $1 AND NOT has_table_privilege(r.oid, quote_ident(t), 'SELECT')`, readerRole, tables)
	if err != nil {
		return fmt.Errorf("look what the role %s may read: %w", readerRole, err)
	}
	missing, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return fmt.Errorf("look what the role %s may read: %w", readerRole, err)
	}
	for _, t := range missing {
		if _, err := conn.Exec(ctx, "GRANT SELECT ON "+pgx.Identifier{t}.Sanitize()+" TO "+readerRole); err != nil {
			return fmt.Errorf("let the role %s read %s: %w", readerRole, t, err)
		}
	}
	return nil
}

// refused reports whether the server does not allow something, or does not know
// the role because it did not allow that.
func refused(err error) bool {
	pg, ok := errors.AsType[*pgconn.PgError](err)
	return ok && (pg.Code == "42501" || pg.Code == "42704" || pg.Code == "22023" || pg.Code == "0LP01")
}

// madeMeanwhile reports whether another process was first: roles are shared by
// all databases of a server.
func madeMeanwhile(err error) bool {
	pg, ok := errors.AsType[*pgconn.PgError](err)
	return ok && (pg.Code == "42710" || pg.Code == "23505" || pg.Code == "XX000" && pg.Message == "tuple concurrently updated")
}

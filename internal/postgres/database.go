//go:build unix

package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// ensureDatabase makes our database on the first start, and returns the
// server's version.
func (c *cluster) ensureDatabase(ctx context.Context) (string, error) {
	conn, err := pgx.Connect(ctx, c.url(userAndDB))
	if pgErr, ok := errors.AsType[*pgconn.PgError](err); ok && pgErr.Code == "3D000" { // invalid_catalog_name
		if err := c.createDatabase(ctx); err != nil {
			return "", err
		}
		conn, err = pgx.Connect(ctx, c.url(userAndDB))
	}
	if err != nil {
		return "", fmt.Errorf("connect to database: %w", err)
	}
	defer conn.Close(ctx)
	return conn.PgConn().ParameterStatus("server_version"), nil
}

// createDatabase gives the database that initdb made our name, which is ten
// times as fast as copying another.
func (c *cluster) createDatabase(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, c.url("template1"))
	if err != nil {
		return fmt.Errorf("connect to database server: %w", err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, "ALTER DATABASE postgres RENAME TO "+userAndDB); err != nil {
		return fmt.Errorf("create database: %w", err)
	}
	return nil
}

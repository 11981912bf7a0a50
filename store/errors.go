package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/xraytrace/xray"
)

// outageRetry is what clients are asked to wait for when the database is away:
// an embedded server that was killed is back within about three seconds.
const outageRetry = 2 * time.Second

// faultKind says what an error of the database means for whoever asked.
type faultKind int

const (
	faultBug     faultKind = iota // a wrong statement, a missing table: ours
	faultData                     // PostgreSQL refuses these very values
	faultOutage                   // the server or the way to it is away; later it will work
	faultRace                     // a deadlock, a lost partition: right at the next try
	faultNoTable                  // no partition for the row
)

// errDamaged marks errors about what was read, not about reading it.
var errDamaged = errors.New("stored data is damaged")

// classify sorts errors by SQLSTATE. What carries none never reached the
// server, or lost it on the way, unless it is about what was read.
func classify(err error) faultKind {
	pg, ok := errors.AsType[*pgconn.PgError](err)
	if !ok {
		_, unscannable := errors.AsType[pgx.ScanArgError](err)
		if unscannable || errors.Is(err, errDamaged) {
			return faultBug
		}
		return faultOutage
	}
	switch {
	case pg.Code == "23514" && strings.HasPrefix(pg.Message, "no partition"):
		return faultNoTable
	case pg.Code == "23505", strings.HasPrefix(pg.Code, "40"), pg.Code == "55P03":
		return faultRace
	}
	switch pg.Code[:2] {
	case "08", "53", "57", "58", "25": // connection, resources, shutdown, disk, read-only standby
		return faultOutage
	case "22", "23", "54": // data, constraints, program limits
		return faultData
	}
	return faultBug
}

// unavailable turns an outage into an error that callers can act on and leaves
// the others as they are.
func unavailable(err error) error {
	if err == nil || errors.Is(err, pgx.ErrNoRows) || errors.Is(err, context.Canceled) {
		return err
	}
	if _, ok := errors.AsType[*xray.Error](err); ok {
		return err
	}
	if classify(err) != faultOutage {
		return err
	}
	e := xray.Errorf(xray.CodeUnavailable, "the database is away; try again in a moment")
	e.RetryAfter = outageRetry
	return fmt.Errorf("%w: %w", e, err)
}

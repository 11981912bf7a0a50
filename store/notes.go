package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/xraytrace/xray"
)

const noteColumns = "id, trace_id, step_id, text, author, user_id, created_at, updated_at"

const (
	// Rides on notes_execution.
	listNotesSQL  = "SELECT " + noteColumns + " FROM notes WHERE project_id = @project AND trace_id = @trace ORDER BY id"
	createNoteSQL = `
INSERT INTO notes (project_id, trace_id, step_id, text, author, user_id, created_at, updated_at)
SELECT @project, @trace, @step, @text, @author, @user, @now, @now
WHERE (SELECT count(*) FROM notes WHERE project_id = @project AND trace_id = @trace) < @most
RETURNING ` + noteColumns
	ownNote        = " WHERE project_id = @project AND id = @id AND trace_id = @trace AND (@anybody OR user_id = @user)"
	replaceNoteSQL = "UPDATE notes SET text = @text, updated_at = @now" + ownNote + " RETURNING " + noteColumns
	deleteNoteSQL  = "DELETE FROM notes" + ownNote
)

// Notes returns the notes on an execution and its steps, the oldest first.
func (s *Store) Notes(ctx context.Context, project int32, id xray.TraceID) ([]xray.Note, error) {
	rows, err := s.pool.Query(ctx, listNotesSQL, pgx.NamedArgs{"project": project, "trace": id[:]})
	if err != nil {
		return nil, unavailable(fmt.Errorf("list notes: %w", err))
	}
	notes, err := pgx.CollectRows(rows, scanNote)
	if err != nil {
		return nil, unavailable(fmt.Errorf("list notes: %w", err))
	}
	return notes, nil
}

func scanNote(row pgx.CollectableRow) (xray.Note, error) {
	var n xray.Note
	var step int64
	err := row.Scan(&n.ID, (*[16]byte)(&n.TraceID), &step, &n.Text, &n.Author, &n.UserID, &n.CreatedAt, &n.UpdatedAt)
	n.StepID = spanID(step)
	return n, err
}

// CreateNote keeps a note. One too many on the execution is CodeConflict.
func (s *Store) CreateNote(ctx context.Context, project int32, n xray.Note) (xray.Note, error) {
	return s.saveNote(ctx, project, createNoteSQL, n, false,
		xray.Errorf(xray.CodeConflict, "an execution has at most %d notes: delete one that nobody needs", xray.MaxNotes))
}

// ReplaceNote changes the text of a note by its id: one of n's user, or
// anybody's if anybody. None is CodeNotFound.
func (s *Store) ReplaceNote(ctx context.Context, project int32, n xray.Note, anybody bool) (xray.Note, error) {
	return s.saveNote(ctx, project, replaceNoteSQL, n, anybody, noNote(n))
}

func (s *Store) saveNote(ctx context.Context, project int32, sql string, n xray.Note, anybody bool, none error) (saved xray.Note, err error) {
	args := pgx.NamedArgs{
		"project": project, "id": n.ID, "trace": n.TraceID[:], "step": spanInt(n.StepID), "text": cleanText(n.Text, len(n.Text)),
		"author": cleanText(n.Author, maxHint), "user": n.UserID, "anybody": anybody, "now": s.clock(), "most": xray.MaxNotes,
	}
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, sql, args)
		if err != nil {
			return err
		}
		saved, err = pgx.CollectExactlyOneRow(rows, scanNote)
		if errors.Is(err, pgx.ErrNoRows) {
			return none
		}
		if err != nil {
			return err
		}
		return notify(ctx, tx, []traceKey{{project, n.TraceID}})
	})
	if err != nil {
		return xray.Note{}, unavailable(fmt.Errorf("save a note: %w", err))
	}
	return saved, nil
}

// DeleteNote deletes a note by its id, likewise.
func (s *Store) DeleteNote(ctx context.Context, project int32, n xray.Note, anybody bool) error {
	return s.judged(ctx, project, pgx.NamedArgs{
		"project": project, "id": n.ID, "trace": n.TraceID[:], "user": n.UserID, "anybody": anybody,
	}, deleteNoteSQL, noNote(n))
}

func noNote(n xray.Note) error {
	return xray.Errorf(xray.CodeNotFound, "there is no note %d on this execution that you may change: list them with GET /api/executions/%s/notes", n.ID, n.TraceID)
}

package api

import (
	"context"
	"strconv"

	"github.com/xraytrace/xray"
)

// ListNotes answers the notes on an execution.
func (s *Server) ListNotes(ctx context.Context, r ListNotesRequestObject) (ListNotesResponseObject, error) {
	p := caller(ctx)
	e, err := s.Reader.Execution(ctx, p.Project.ID, r.Id)
	if err != nil {
		return nil, err
	}
	notes, err := s.Feedback.Notes(ctx, p.Project.ID, e.TraceID)
	if err != nil {
		return nil, err
	}
	return ListNotes200JSONResponse{Notes: mapTo(notes, func(n xray.Note) Note { return note(p, n) })}, nil
}

// CreateNote keeps a note.
func (s *Server) CreateNote(ctx context.Context, r CreateNoteRequestObject) (CreateNoteResponseObject, error) {
	p := caller(ctx)
	n := xray.Note{Text: r.Body.Text}
	if p.User != nil {
		n.Author, n.UserID = p.User.Email, p.User.ID
	}
	var err error
	if n.StepID, err = optionalStep(r.Body.StepId); err != nil {
		return nil, err
	}
	if err := n.Check(); err != nil {
		return nil, err
	}
	e, err := s.Reader.Execution(ctx, p.Project.ID, r.Id)
	if err != nil {
		return nil, err
	}
	n.TraceID = e.TraceID
	n, err = s.Feedback.CreateNote(ctx, p.Project.ID, n)
	return CreateNote201JSONResponse(note(p, n)), err
}

// ReplaceNote changes the text of a note.
func (s *Server) ReplaceNote(ctx context.Context, r ReplaceNoteRequestObject) (ReplaceNoteResponseObject, error) {
	p := caller(ctx)
	n, err := s.namedNote(ctx, p, r.Id, r.NoteId)
	if err != nil {
		return nil, err
	}
	n.Text = r.Body.Text
	if err := n.Check(); err != nil {
		return nil, err
	}
	_, anybody := speaker(p)
	n, err = s.Feedback.ReplaceNote(ctx, p.Project.ID, n, anybody)
	return ReplaceNote200JSONResponse(note(p, n)), err
}

// DeleteNote deletes a note.
func (s *Server) DeleteNote(ctx context.Context, r DeleteNoteRequestObject) (DeleteNoteResponseObject, error) {
	p := caller(ctx)
	n, err := s.namedNote(ctx, p, r.Id, r.NoteId)
	if err != nil {
		return nil, err
	}
	_, anybody := speaker(p)
	return DeleteNote204Response{}, s.Feedback.DeleteNote(ctx, p.Project.ID, n, anybody)
}

// namedNote is the note that a path names, as the caller's.
func (s *Server) namedNote(ctx context.Context, p xray.Principal, ref, id string) (xray.Note, error) {
	number, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return xray.Note{}, xray.Errorf(xray.CodeNotFound, "there is no note %q: list them with GET /api/executions/{id}/notes", clip(id))
	}
	e, err := s.Reader.Execution(ctx, p.Project.ID, ref)
	if err != nil {
		return xray.Note{}, err
	}
	user, _ := speaker(p)
	return xray.Note{ID: number, TraceID: e.TraceID, UserID: user}, nil
}

func note(p xray.Principal, n xray.Note) Note {
	return Note{
		Id: decimal(n.ID), StepId: spanString(n.StepID), Text: n.Text, Author: n.Author, Mine: mine(p, n.UserID),
		CreatedAt: wallTime(n.CreatedAt), UpdatedAt: wallTime(n.UpdatedAt),
	}
}

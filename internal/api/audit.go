package api

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/xraytrace/xray"
)

// ListActs answers a page of the audit log.
func (s *Server) ListActs(ctx context.Context, r ListActsRequestObject) (ListActsResponseObject, error) {
	limit, before, err := numberedPage(r.Params.Limit, r.Params.Cursor)
	if err != nil {
		return nil, err
	}
	p := caller(ctx)
	q := xray.ActQuery{ProjectID: p.Project.ID, Verb: r.Params.Verb, Before: before, Limit: limit + 1}
	if r.Params.Server {
		if !p.AnyProject && !p.OrganisationRole.Allows(xray.RoleAdmin) {
			return nil, xray.Errorf(xray.CodeForbidden, "what was done to the server is for those who may see every project: leave server out, and read what was done to yours")
		}
		q.ProjectID = 0
	}
	acts, err := s.Audit.Acts(ctx, q)
	if err != nil {
		return nil, err
	}
	page := ActPage{}
	if len(acts) > limit {
		acts = acts[:limit]
		page.Next = string(decimal(acts[limit-1].ID))
	}
	page.Acts = mapTo(acts, act)
	return ListActs200JSONResponse(page), nil
}

func act(a xray.Act) Act {
	return Act{
		Id: decimal(a.ID), At: a.At.UTC(),
		Actor: Actor{Kind: ActorKind(a.Actor.Kind), Id: a.Actor.ID, Name: a.Actor.Name, Address: a.Actor.Address},
		Verb:  a.Verb, Object: a.Object, Detail: objectOrEmpty(a.Detail),
	}
}

// recordAct notes what the caller has done to its project. detail is an object,
// or nil. It comes after the act: when it fails the act holds, and the caller
// is told so rather than that all is well.
func (s *Server) recordAct(ctx context.Context, verb, object string, detail any) error {
	return s.record(ctx, caller(ctx).Project.ID, verb, object, detail)
}

// recordServerAct is recordAct for what concerns the server as a whole.
func (s *Server) recordServerAct(ctx context.Context, verb, object string, detail any) error {
	return s.record(ctx, 0, verb, object, detail)
}

func (s *Server) record(ctx context.Context, project int32, verb, object string, detail any) error {
	a := xray.Act{ProjectID: project, Actor: actor(ctx), Verb: verb, Object: object}
	if detail != nil {
		var err error
		if a.Detail, err = json.Marshal(detail); err != nil {
			return fmt.Errorf("write the audit log: %w", err)
		}
	}
	if err := s.Audit.RecordAct(ctx, a); err != nil {
		s.Logger.ErrorContext(ctx, "an act is not in the audit log", "project", caller(ctx).Project.Slug, "verb", verb, "object", object, "actor", a.Actor, "error", err)
		return fmt.Errorf("it is done, but not in the audit log: %w", err)
	}
	return nil
}

// recordChange notes that settings were replaced, by what differs; nothing if
// nothing does.
func (s *Server) recordChange(ctx context.Context, verb, object string, before, after any) error {
	changes, err := xray.Changes(before, after)
	if err != nil || changes == nil {
		return err
	}
	return s.recordAct(ctx, verb, object, changes)
}

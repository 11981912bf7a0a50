package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os/user"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/store"
)

// recordAct notes in the audit log what a command has done to a project, or with
// 0 to the server. detail is an object, or nil.
func recordAct(ctx context.Context, s *store.Store, project int32, verb, object string, detail any) error {
	a := xray.Act{ProjectID: project, Actor: xray.Actor{Kind: xray.ActorCLI}, Verb: verb, Object: object}
	if account, err := user.Current(); err == nil {
		a.Actor.Name = account.Username
	}
	if detail != nil {
		var err error
		if a.Detail, err = json.Marshal(detail); err != nil {
			return fmt.Errorf("write the audit log: %w", err)
		}
	}
	return s.RecordAct(ctx, a)
}

// recordChange notes what differs between two settings; nothing if nothing does.
func recordChange(ctx context.Context, s *store.Store, project int32, verb string, before, after any) error {
	changes, err := xray.Changes(before, after)
	if err != nil || changes == nil {
		return err
	}
	return recordAct(ctx, s, project, verb, "", changes)
}

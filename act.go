package xray

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"time"
)

// Act is something that somebody did to a project or to the server: a line of
// the audit log.
type Act struct {
	ID        int64
	ProjectID int32 // 0: the server as a whole
	At        time.Time
	Actor     Actor
	Verb      string          // what was done: key.create, masking.set
	Object    string          // to what: a key's number, a pipeline's name; "" if the verb says it
	Detail    json.RawMessage // an object that says more; nil for nothing more. Never a secret
}

// ActorKind says how somebody came in.
type ActorKind string

const (
	ActorUser   ActorKind = "user"   // signed in
	ActorKey    ActorKind = "key"    // with a stored key
	ActorMaster ActorKind = "master" // with the master key
	ActorLocal  ActorKind = "local"  // without a key, in local mode
	ActorCLI    ActorKind = "cli"    // with a command on the server's machine
	ActorServer ActorKind = "server" // X-Ray itself
)

// Actor is who did something, as they were called then.
type Actor struct {
	Kind    ActorKind
	ID      string // a user's or key's; "" for the others
	Name    string // of the user, the key or the account on the machine
	Address string // where the request came from; "" if it was none
}

// Actor is the caller as the audit log names them; where they are is for whoever
// has the connection to say.
func (p Principal) Actor() Actor {
	switch {
	case p.User != nil:
		return Actor{Kind: ActorUser, ID: strconv.FormatInt(p.User.ID, 10), Name: p.User.Email}
	case p.Key != nil:
		return Actor{Kind: ActorKey, ID: strconv.FormatInt(p.Key.ID, 10), Name: p.Key.Name}
	case p.Local:
		return Actor{Kind: ActorLocal}
	}
	return Actor{Kind: ActorMaster}
}

// ActQuery asks for a part of the audit log, newest first.
type ActQuery struct {
	ProjectID int32  // 0: acts on the server as a whole
	Verb      string // only this verb, or those of this kind: "key" is key.create and others; "" for all
	Before    int64  // only acts with a smaller number; 0 for all
	Limit     int
}

// Changes says which members of two JSON objects differ, as an object of
// {"from": …, "to": …} by their names: the detail of an act that replaced
// settings. Nothing differs: nil.
func Changes(before, after any) (json.RawMessage, error) {
	from, err := members(before)
	if err != nil {
		return nil, err
	}
	to, err := members(after)
	if err != nil {
		return nil, err
	}
	type change struct {
		From json.RawMessage `json:"from,omitempty"`
		To   json.RawMessage `json:"to,omitempty"`
	}
	changes := map[string]change{}
	for name, value := range to {
		if old := from[name]; !bytes.Equal(old, value) {
			changes[name] = change{old, value}
		}
		delete(from, name)
	}
	for name, old := range from {
		changes[name] = change{From: old}
	}
	if len(changes) == 0 {
		return nil, nil
	}
	return json.Marshal(changes)
}

func members(v any) (map[string]json.RawMessage, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("compare settings: %w", err)
	}
	var out map[string]json.RawMessage
	if err := json.Unmarshal(raw, &out); err != nil {
		return nil, fmt.Errorf("compare settings: %w", err)
	}
	return out, nil
}

package api

import (
	"context"
	"slices"
	"strconv"

	"github.com/xraytrace/xray"
)

// ListChanges answers what one step did to its items, one page of them.
func (s *Server) ListChanges(ctx context.Context, r ListChangesRequestObject) (ListChangesResponseObject, error) {
	q, err := changeQuery(r.Params)
	if err != nil {
		return nil, err
	}
	step, err := xray.ParseSpanID(r.StepId)
	if err != nil {
		return nil, err
	}
	c, err := s.Analyst.Changes(ctx, caller(ctx).Project.ID, r.Id, step, q)
	if err != nil {
		return nil, err
	}
	out := ListChanges200JSONResponse{
		Station: station(c.Station), Reordered: c.Reordered, Edited: c.Edited,
		Reasons: mapTo(c.Reasons, dropReason), Items: mapTo(c.Items, itemChange), Total: c.Total, LeftOut: leftOut(c.LeftOut),
	}
	if c.Next > 0 {
		out.Next = strconv.Itoa(c.Next)
	}
	return out, nil
}

func changeQuery(p ListChangesParams) (xray.ChangeQuery, error) {
	from, limit, err := pageOf(p.Cursor, p.Limit)
	if err != nil {
		return xray.ChangeQuery{}, err
	}
	kinds := []xray.ChangeKind{"", xray.ChangeKept, xray.ChangeDropped, xray.ChangeAdded, xray.ChangeReordered, xray.ChangeEdited}
	kind := xray.ChangeKind(p.Kind)
	if !slices.Contains(kinds, kind) {
		return xray.ChangeQuery{}, xray.Errorf(xray.CodeInvalid, "%q is no kind of change: use kept, dropped, added, reordered or edited, or leave it out", p.Kind)
	}
	if p.Order != "" && p.Order != "rank" && p.Order != "nearest" {
		return xray.ChangeQuery{}, xray.Errorf(xray.CodeInvalid, "%q is no order: use rank or nearest", p.Order)
	}
	return xray.ChangeQuery{Kind: kind, Why: p.Why, Text: p.Q, Nearest: p.Order == "nearest", From: from, Limit: limit}, nil
}

func dropReason(r xray.DropReason) DropReason {
	out := DropReason{Text: r.Text, Items: r.Items, Field: r.Field, Op: r.Op, Value: r.Value, Pointer: r.Pointer}
	if !r.Step.IsZero() {
		out.StepId = r.Step.String()
	}
	return out
}

func itemChange(c xray.ItemChange) ItemChange {
	return ItemChange{
		Key: c.Key, Label: c.Label, Kind: ItemChangeKind(c.Kind), RankIn: c.RankIn, RankOut: c.RankOut, Shift: c.Shift,
		ScoreField: c.ScoreField, Score: c.Score, Criterion: c.Criterion, Value: c.Value, Margin: c.Margin, Reason: c.Reason,
		Edits:    mapTo(c.Edits, func(e xray.FieldEdit) FieldEdit { return FieldEdit{Field: e.Field, From: e.From, To: e.To} }),
		Pointers: orEmpty(c.Pointers),
	}
}

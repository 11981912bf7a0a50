package api

import (
	"context"
	"strconv"

	"github.com/xraytrace/xray"
)

// GetFunnel answers what every step did to the items.
func (s *Server) GetFunnel(ctx context.Context, r GetFunnelRequestObject) (GetFunnelResponseObject, error) {
	f, err := s.Analyst.Funnel(ctx, caller(ctx).Project.ID, r.Id)
	if err != nil {
		return nil, err
	}
	return GetFunnel200JSONResponse{Stations: mapTo(f.Stations, station), LeftOut: leftOut(f.LeftOut)}, nil
}

// ListItems answers one page of an execution's items. The cursor is a place in
// the list, which is computed anew for every page and is the same as long as
// the execution is.
func (s *Server) ListItems(ctx context.Context, r ListItemsRequestObject) (ListItemsResponseObject, error) {
	from, limit, err := pageOf(r.Params.Cursor, r.Params.Limit)
	if err != nil {
		return nil, err
	}
	page, err := s.Analyst.Items(ctx, caller(ctx).Project.ID, r.Id, r.Params.Q, from, limit)
	if err != nil {
		return nil, err
	}
	out := ListItems200JSONResponse{Items: mapTo(page.Items, item), Total: page.Total, LeftOut: leftOut(page.LeftOut)}
	if page.Next > 0 {
		out.Next = strconv.Itoa(page.Next)
	}
	return out, nil
}

// pageOf reads a cursor that is a place in a list, and a limit.
func pageOf(cursor string, limit int) (from, most int, err error) {
	if limit == 0 {
		limit = xray.DefaultLimit
	}
	if limit < 1 || limit > xray.MaxLimit {
		return 0, 0, xray.Errorf(xray.CodeInvalid, "limit is %d: use 1 to %d", limit, xray.MaxLimit)
	}
	if cursor != "" {
		if from, err = strconv.Atoi(cursor); err != nil || from < 0 {
			return 0, 0, xray.Errorf(xray.CodeInvalid, "%q is not a cursor: pass the `next` of the page before, or leave it out", cursor)
		}
	}
	return from, limit, nil
}

// GetItem answers an item's passport.
func (s *Server) GetItem(ctx context.Context, r GetItemRequestObject) (GetItemResponseObject, error) {
	p := caller(ctx).Project
	t, err := s.Analyst.Item(ctx, p.ID, r.Id, r.Key)
	if err != nil {
		return nil, err
	}
	return GetItem200JSONResponse{
		Passport: passport(t.Passport),
		Elsewhere: mapTo(t.Elsewhere, func(e xray.Elsewhere) Elsewhere {
			return Elsewhere{Execution: execution(p, e.Execution), Passport: passport(e.Passport)}
		}),
		LookedAt: t.LookedAt,
		LeftOut:  leftOut(t.LeftOut),
	}, nil
}

// WhyNot answers why a thing is not in the result.
func (s *Server) WhyNot(ctx context.Context, r WhyNotRequestObject) (WhyNotResponseObject, error) {
	if r.Params.Q == "" {
		return nil, xray.Errorf(xray.CodeInvalid, "q is empty: ask for a key or a name")
	}
	w, err := s.Analyst.WhyNot(ctx, caller(ctx).Project.ID, r.Id, r.Params.Q)
	if err != nil {
		return nil, err
	}
	return WhyNot200JSONResponse(whyNot(w)), nil
}

func whyNot(w xray.WhyNot) WhyNot {
	out := WhyNot{
		Match: WhyNotMatch(w.Match),
		Text:  w.Text,
		Near: mapTo(w.Near, func(n xray.NearItem) NearItem {
			return NearItem{Item: item(n.Item), Similarity: n.Similarity}
		}),
		Mentions: mapTo(w.Mentions, func(m xray.Mention) Mention {
			return Mention{StepId: spanString(m.Step), Name: m.Name, Pointer: m.Pointer}
		}),
		Searches: mapTo(w.Searches, func(q xray.Search) ItemSearch {
			return ItemSearch{StepId: spanString(q.Step), Name: q.Name, Pointer: q.Pointer, Text: q.Text, Found: q.Found}
		}),
		LeftOut: leftOut(w.LeftOut),
	}
	if w.Passport != nil {
		out.Passport = passport(*w.Passport)
	}
	return out
}

func station(s xray.Station) Station {
	return Station{
		StepId: spanString(s.Step), Name: s.Name, In: s.In, Kept: s.Kept, Dropped: s.Dropped, Added: s.Added, Out: s.Out,
		Criterion: s.Criterion, Inferred: s.Inferred, Explicit: s.Explicit,
	}
}

func item(i xray.Item) Item {
	return Item{Key: i.Key, Label: i.Label, EnteredAt: spanString(i.EnteredAt), LeftAt: spanString(i.LeftAt)}
}

func passport(p xray.Passport) Passport {
	return Passport{Item: item(p.Item), Stops: mapTo(p.Stops, stop), Text: p.Text}
}

func stop(s xray.Stop) Stop {
	return Stop{
		StepId: spanString(s.Step), Name: s.Name, Kind: StopKind(s.Kind), RankIn: s.RankIn, In: s.In, RankOut: s.RankOut, Out: s.Out,
		ScoreField: s.ScoreField, Score: s.Score, Criterion: s.Criterion, Value: s.Value, Margin: s.Margin, Reason: s.Reason,
		Pointers: orEmpty(s.Pointers),
	}
}

func leftOut(l xray.LeftOut) LeftOut {
	return LeftOut{Steps: l.Steps, Bytes: decimal(l.Bytes), Items: l.Items}
}

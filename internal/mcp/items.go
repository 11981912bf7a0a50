package mcp

import (
	"context"
	"fmt"

	"github.com/google/jsonschema-go/jsonschema"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/internal/dossier"
)

var itemsTool = tool{
	name: "list_items", title: "Items of a run",
	description: "The candidates that a run considered (search results, products, documents) and what each step did to them: the funnel of steps with how many went in, " +
		"were dropped and came out, and the items by key and name, those that came furthest first. text finds items by a part of key or name.",
	tune: func(a map[string]*jsonschema.Schema) { limits(a["from"], 0, 1e7) },
}

type itemsIn struct {
	Execution string `json:"execution" jsonschema:"trace id, or the client's own id"`
	Text      string `json:"text,omitempty" jsonschema:"part of a key or a name"`
	From      int    `json:"from,omitempty" jsonschema:"items to leave out, as the page before says"`
}

type itemsOut struct {
	Funnel []station `json:"funnel,omitempty" jsonschema:"on the first page: what each step did to the items, in order of time"`
	Items  []item    `json:"items"`
	Total  int       `json:"total"`
	Next   int       `json:"next,omitempty" jsonschema:"pass it as from for the next page"`
}

type station struct {
	Step      string `json:"step"`
	Name      string `json:"name"`
	In        int    `json:"in"`
	Dropped   int    `json:"dropped"`
	Added     int    `json:"added"`
	Out       int    `json:"out"`
	Criterion string `json:"criterion,omitempty" jsonschema:"what separates kept from dropped"`
	Recorded  bool   `json:"recorded,omitempty" jsonschema:"the program recorded the decisions itself; else they were found by comparing input and output"`
}

type item struct {
	Key     string `json:"key"`
	Label   string `json:"label,omitempty"`
	Entered string `json:"entered,omitempty" jsonschema:"the step that brought it in"`
	Left    string `json:"left,omitempty" jsonschema:"the step that dropped it; absent: it came through"`
}

func (s *Server) items(ctx context.Context, p xray.Project, in itemsIn) (answer[itemsOut], error) {
	none := answer[itemsOut]{}
	d, err := s.located(ctx, p, in.Execution)
	if err != nil {
		return none, err
	}
	const most = 100
	ref := d.Execution.TraceID.String()
	page, err := s.Analyst.Items(ctx, p.ID, ref, in.Text, in.From, most)
	if err != nil {
		return none, err
	}
	out := itemsOut{Items: []item{}, Total: page.Total, Next: page.Next}
	more := unread(page.LeftOut)
	if in.From == 0 {
		funnel, err := s.Analyst.Funnel(ctx, p.ID, ref)
		if err != nil {
			return none, err
		}
		for _, st := range funnel.Stations {
			out.Funnel = append(out.Funnel, stationOf(d, st))
		}
		if n := len(out.Funnel); n > 0 {
			out.Funnel = fit(out.Funnel, 60, maxRecord/2)
			if left := n - len(out.Funnel); left > 0 {
				more += fmt.Sprintf("%d more steps touched items. ", left)
			}
		}
	}
	for _, i := range page.Items {
		out.Items = append(out.Items, itemOf(d, i))
	}
	if n := len(out.Items); n > 0 {
		if out.Items = fit(out.Items, most, maxRecord/2); len(out.Items) < n {
			out.Next = in.From + len(out.Items)
		}
	}
	if out.Next > 0 {
		more += fmt.Sprintf("There are %d items: the next with from %d. ", out.Total, out.Next)
	}
	return answer[itemsOut]{record: out, more: more + "What became of one: follow_item."}, nil
}

func stationOf(d *dossier.Dossier, s xray.Station) station {
	return station{stepName(d, s.Step), shortTo(s.Name, 200), s.In, s.Dropped, s.Added, s.Out, short(s.Criterion), s.Explicit}
}

func itemOf(d *dossier.Dossier, i xray.Item) item {
	return item{short(i.Key), short(i.Label), stepName(d, i.EnteredAt), stepName(d, i.LeftAt)}
}

// unread says what was not looked at, so that nobody takes silence for health.
func unread(l xray.LeftOut) string {
	if l.Steps == 0 && l.Items == 0 {
		return ""
	}
	return fmt.Sprintf("Not looked at, because it is too much: the payloads of %d steps, %d elements of lists. ", l.Steps, l.Items)
}

var followTool = tool{
	name: "follow_item", title: "An item's way through a run",
	description: "What became of one item: each step that it passed, with rank, score, and where it was dropped the rule that it failed and by how much; " +
		"and whether the same item came through in other runs of the pipeline. item is a key as list_items gives it; for a name or a guess use why_not.",
}

type followIn struct {
	Execution string `json:"execution" jsonschema:"trace id, or the client's own id"`
	Item      string `json:"item" jsonschema:"the item's key"`
}

type followOut struct {
	Passport  passport    `json:"passport"`
	Elsewhere []elsewhere `json:"elsewhere,omitempty" jsonschema:"the same item in other runs, the newest first"`
	LookedAt  int         `json:"lookedAt" jsonschema:"other runs that were searched for it"`
}

type passport struct {
	Item item   `json:"item"`
	Text string `json:"text" jsonschema:"the whole way in one sentence"`
	Way  []stop `json:"way"`
}

type stop struct {
	Step      string   `json:"step"`
	Name      string   `json:"name"`
	What      string   `json:"what" jsonschema:"entered, kept, dropped, or seen: it stands there, no more is known"`
	RankIn    int      `json:"rankIn,omitempty"`
	In        int      `json:"in,omitempty"`
	RankOut   int      `json:"rankOut,omitempty"`
	Out       int      `json:"out,omitempty"`
	Score     *float64 `json:"score,omitempty"`
	Criterion string   `json:"criterion,omitempty"`
	Value     string   `json:"value,omitempty" jsonschema:"its value of what the criterion compares"`
	Margin    *float64 `json:"margin,omitempty" jsonschema:"how far it missed a threshold"`
	Reason    string   `json:"reason,omitempty" jsonschema:"as the program recorded it"`
	Pointers  []string `json:"pointers,omitempty"`
}

type elsewhere struct {
	Execution string `json:"execution"`
	Status    string `json:"status"`
	Started   string `json:"started"`
	Text      string `json:"text"`
}

func (s *Server) follow(ctx context.Context, p xray.Project, in followIn) (answer[followOut], error) {
	none := answer[followOut]{}
	d, err := s.located(ctx, p, in.Execution)
	if err != nil {
		return none, err
	}
	trail, err := s.Analyst.Item(ctx, p.ID, d.Execution.TraceID.String(), in.Item)
	if err != nil {
		return none, err
	}
	out := followOut{Passport: passportOf(d, trail.Passport), LookedAt: trail.LookedAt}
	for _, e := range trail.Elsewhere[:min(len(trail.Elsewhere), 10)] {
		out.Elsewhere = append(out.Elsewhere, elsewhere{e.Execution.TraceID.String(), e.Execution.Status.String(), moment(e.Execution.Start), short(e.Passport.Text)})
	}
	return answer[followOut]{record: out, more: unread(trail.LeftOut)}, nil
}

func passportOf(d *dossier.Dossier, p xray.Passport) passport {
	out := passport{Item: itemOf(d, p.Item), Text: shortTo(p.Text, 1000), Way: []stop{}}
	for _, st := range p.Stops {
		out.Way = append(out.Way, stop{
			Step: stepName(d, st.Step), Name: shortTo(st.Name, 200), What: string(st.Kind), RankIn: st.RankIn, In: st.In, RankOut: st.RankOut, Out: st.Out,
			Score: st.Score, Criterion: short(st.Criterion), Value: short(st.Value), Margin: st.Margin, Reason: short(st.Reason), Pointers: shortAll(st.Pointers, 3),
		})
	}
	out.Way = fit(out.Way, 50, maxRecord/2)
	return out
}

package api

import (
	"context"
	"strconv"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/query"
)

// ListViews answers the project's saved views.
func (s *Server) ListViews(ctx context.Context, _ ListViewsRequestObject) (ListViewsResponseObject, error) {
	views, err := s.Views.Views(ctx, caller(ctx).Project.ID)
	return ListViews200JSONResponse{Views: mapTo(views, view)}, err
}

// CreateView saves a view.
func (s *Server) CreateView(ctx context.Context, r CreateViewRequestObject) (CreateViewResponseObject, error) {
	v, err := newView(*r.Body)
	if err != nil {
		return nil, err
	}
	if v, err = s.Views.CreateView(ctx, caller(ctx).Project.ID, v); err != nil {
		return nil, err
	}
	return CreateView201JSONResponse(view(v)), s.recordAct(ctx, "view.create", view(v).Id, r.Body)
}

// ReplaceView replaces a saved view.
func (s *Server) ReplaceView(ctx context.Context, r ReplaceViewRequestObject) (ReplaceViewResponseObject, error) {
	v, err := newView(*r.Body)
	if err != nil {
		return nil, err
	}
	if v.ID, err = viewID(r.Id); err != nil {
		return nil, err
	}
	if v, err = s.Views.ReplaceView(ctx, caller(ctx).Project.ID, v); err != nil {
		return nil, err
	}
	return ReplaceView200JSONResponse(view(v)), s.recordAct(ctx, "view.replace", r.Id, r.Body)
}

// DeleteView deletes a saved view.
func (s *Server) DeleteView(ctx context.Context, r DeleteViewRequestObject) (DeleteViewResponseObject, error) {
	id, err := viewID(r.Id)
	if err != nil {
		return nil, err
	}
	if err := s.Views.DeleteView(ctx, caller(ctx).Project.ID, id); err != nil {
		return nil, err
	}
	return DeleteView204Response{}, s.recordAct(ctx, "view.delete", r.Id, nil)
}

func newView(in NewView) (xray.View, error) {
	v := xray.View{Name: in.Name, Query: in.Query, Columns: orEmpty(in.Columns), Range: in.Range, Sort: in.Sort}
	if _, err := query.Parse(v.Query); err != nil {
		return v, err
	}
	return v, v.Check()
}

func viewID(text string) (int64, error) {
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, xray.Errorf(xray.CodeNotFound, "there is no view %q in this project: list them with GET /api/views", text)
	}
	return id, nil
}

func view(v xray.View) View {
	return View{
		Id: strconv.FormatInt(v.ID, 10), UpdatedAt: wallTime(v.UpdatedAt),
		NewView: NewView{Name: v.Name, Query: v.Query, Columns: orEmpty(v.Columns), Range: v.Range, Sort: v.Sort},
	}
}

// Package api serves the HTTP API that the UI and others read: the contract is
// openapi.yaml, the server is generated from it (api.gen.go), and each
// resource has one file that turns our nouns into the contract's. It holds no
// rules of its own: it asks the store, the receiver and the gate through the
// small interfaces below, and does not know which database or wire format is
// behind them. OTLP itself is received elsewhere.
package api

import (
	"context"
	"io"
	"log/slog"
	"net/url"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/internal/account"
	"github.com/xraytrace/xray/internal/auth"
)

// Reader reads one project's executions. Not found is CodeNotFound.
type Reader interface {
	Executions(ctx context.Context, project int32, q xray.ExecutionQuery) (xray.ExecutionPage, error)
	// Execution takes a trace id in hex or the client's own id.
	Execution(ctx context.Context, project int32, ref string) (xray.Execution, error)
	// ExecutionsOf leaves out those that are not there, and keeps no order.
	ExecutionsOf(ctx context.Context, project int32, ids []xray.TraceID) ([]xray.Execution, error)
	Steps(ctx context.Context, project int32, id xray.TraceID) ([]xray.Step, error)
	Step(ctx context.Context, project int32, id xray.TraceID, step xray.SpanID) (xray.StepDetail, error)
	// EachStep visits the steps in order of start; the first error ends it.
	EachStep(ctx context.Context, project int32, id xray.TraceID, visit func(xray.StepDetail) error) error
	OTLP(ctx context.Context, project int32, id xray.TraceID, w io.Writer) error
	Facts(ctx context.Context, project int32, id xray.TraceID) ([]xray.Fact, error)
	Reasonings(ctx context.Context, project int32, id xray.TraceID) ([]xray.Reasoning, error)
	// Job is the newest job of the execution, nil if there was none.
	Job(ctx context.Context, project int32, id xray.TraceID) (*xray.ReasoningJob, error)
	Projects(ctx context.Context) ([]xray.Project, error)
}

// Asker queues an explanation that a person asked for.
type Asker interface {
	RequestReasoning(ctx context.Context, project int32, id xray.TraceID, step xray.SpanID) (xray.ReasoningJob, error)
}

// Explainer explains while somebody waits.
type Explainer interface {
	// FromFacts explains an execution that has no stored explanation, from facts
	// alone.
	FromFacts(ctx context.Context, project int32, id xray.TraceID) (xray.Explanation, error)
	// Estimate says what a model's explanation would take, without asking one.
	Estimate(ctx context.Context, project int32, id xray.TraceID) (xray.Estimate, error)
	// Ask answers a question. tell is called with what code alone says, then with
	// each claim of a model that was accepted; the answer is the whole.
	Ask(ctx context.Context, project int32, ref string, q xray.Question, tell func(xray.Telling)) (xray.Answer, error)
	// ExplainComparison explains in the same way where two executions part.
	ExplainComparison(ctx context.Context, project int32, a, b string, ignore []string, tell func(xray.Telling)) (xray.Answer, error)
}

// Analyst follows items through executions and compares executions. An
// execution is named by its trace id in hex or the client's own id.
type Analyst interface {
	Funnel(ctx context.Context, project int32, ref string) (xray.Funnel, error)
	Items(ctx context.Context, project int32, ref, text string, from, limit int) (xray.ItemPage, error)
	Item(ctx context.Context, project int32, ref, key string) (xray.Trail, error)
	// Changes is CodeNotFound for a step that touched no items.
	Changes(ctx context.Context, project int32, ref string, step xray.SpanID, q xray.ChangeQuery) (xray.StepChanges, error)
	WhyNot(ctx context.Context, project int32, ref, text string) (xray.WhyNot, error)
	Compare(ctx context.Context, project int32, a, b string, ignore []string) (xray.Comparison, error)
	// Contrast takes the newest others of the pipeline for a baseline that is empty.
	Contrast(ctx context.Context, project int32, selected, baseline []string) (xray.Contrast, error)
	Stability(ctx context.Context, project int32, name string, most int) (xray.Stability, error)
}

// Pipelines keeps what is set for all executions of a name.
type Pipelines interface {
	IgnoredPaths(ctx context.Context, project int32, name string) ([]string, error)
	SetIgnoredPaths(ctx context.Context, project int32, name string, paths []string) error
}

// Statistics tells how a project's executions do over time. A range that cannot
// be is CodeInvalid.
type Statistics interface {
	Pipelines(ctx context.Context, project int32, q xray.StatsQuery) (xray.PipelineList, error)
	Pipeline(ctx context.Context, project int32, name string, q xray.StatsQuery) (xray.Pipeline, error)
	Shape(ctx context.Context, project int32, name string, q xray.StatsQuery) (xray.Shape, error)
	Activity(ctx context.Context, project int32, q xray.ActivityQuery) (xray.Activity, error)
	Services(ctx context.Context, project int32) ([]string, error)
	Names(ctx context.Context, project int32) ([]string, error)
}

// Search tells what there is to search for.
type Search interface {
	Facets(ctx context.Context, project int32, q xray.FacetQuery) (xray.Facets, error)
	Values(ctx context.Context, project int32, q xray.ValueQuery) (xray.Facet, error)
}

// Views keeps a project's saved views. A name that is taken is CodeConflict.
type Views interface {
	Views(ctx context.Context, project int32) ([]xray.View, error)
	CreateView(ctx context.Context, project int32, v xray.View) (xray.View, error)
	ReplaceView(ctx context.Context, project int32, v xray.View) (xray.View, error)
	DeleteView(ctx context.Context, project int32, id int64) error
}

// Feedback keeps what people and programs say about executions.
type Feedback interface {
	// SaveScores keeps all or none. Executions are named by ExecutionID.
	SaveScores(ctx context.Context, project int32, scores []xray.Score) ([]xray.Score, error)
	Scores(ctx context.Context, project int32, ref string) ([]xray.Score, error)
	// DeleteScore takes back a user's score, or anybody's.
	DeleteScore(ctx context.Context, project int32, ref string, id, user int64, anybody bool) error
	// Assessments leaves out executions of which nothing was said.
	Assessments(ctx context.Context, project int32, ids []xray.TraceID) (map[xray.TraceID]xray.Assessment, error)
	Notes(ctx context.Context, project int32, id xray.TraceID) ([]xray.Note, error)
	CreateNote(ctx context.Context, project int32, n xray.Note) (xray.Note, error)
	// ReplaceNote and DeleteNote take a note of n's user, or anybody's.
	ReplaceNote(ctx context.Context, project int32, n xray.Note, anybody bool) (xray.Note, error)
	DeleteNote(ctx context.Context, project int32, n xray.Note, anybody bool) error
}

// Budgets say what a model explains, what it may cost and what it cost.
type Budgets interface {
	// ReasoningSettings returns what was set.
	ReasoningSettings(ctx context.Context, project int32) (xray.ReasoningSettings, error)
	// ModelSettings returns what holds: where nothing was set, the server's.
	ModelSettings(ctx context.Context, project int32) (xray.ReasoningSettings, error)
	SetReasoningSettings(ctx context.Context, project int32, set xray.ReasoningSettings) error
	ReasoningSpend(ctx context.Context, project int32, since time.Time) ([]xray.ReasoningSpend, error)
	// ModelCalls returns calls newest first, from before the call of this number
	// on; 0 stands for all.
	ModelCalls(ctx context.Context, project int32, before int64, limit int) ([]xray.RecordedCall, error)
}

// Masking keeps what is not stored, and not shown to models. Settings that
// cannot be are CodeInvalid.
type Masking interface {
	MaskSettings(ctx context.Context, project int32) (xray.MaskSettings, error)
	SetMaskSettings(ctx context.Context, project int32, set xray.MaskSettings) error
}

// Retentions say how long a project's data is kept. Days that cannot be are
// CodeInvalid.
type Retentions interface {
	Retention(ctx context.Context, project int32) (xray.Retention, error)
	SetRetention(ctx context.Context, project int32, r xray.Retention) error
	// Expiry says what other days would take from what there is.
	Expiry(ctx context.Context, project int32, r xray.Retention) (xray.Expiry, error)
}

// PriceDesk keeps what model calls of a project cost.
type PriceDesk interface {
	Prices(ctx context.Context, project int32, q xray.PriceQuery) (xray.PriceList, error)
	// SetPrice returns the model as it is listed afterwards.
	SetPrice(ctx context.Context, project int32, p xray.OwnPrice) (xray.ModelPrice, error)
	// RemovePrice is CodeNotFound for a price that is not the project's own.
	RemovePrice(ctx context.Context, project int32, provider, model string) error
	// Parts is a step's computed cost by class of tokens; false if it was not
	// computed with the prices that hold now.
	Parts(project int32, step *xray.StepDetail) (xray.TokenCosts, bool)
}

// Keys keeps a project's keys. None of a number is CodeNotFound.
type Keys interface {
	Keys(ctx context.Context, project int32) ([]xray.APIKey, error)
	// CreateKey returns the secret, which nobody can read again.
	CreateKey(ctx context.Context, project int32, n xray.NewKey) (secret string, key xray.APIKey, err error)
	RotateKey(ctx context.Context, project int32, id int64, r xray.Rotation) (secret string, made, old xray.APIKey, err error)
	RevokeKey(ctx context.Context, project int32, id int64) error
}

// Limiting keeps what is taken from a project at most, and what was taken.
type Limiting interface {
	Limits(ctx context.Context, project int32) (xray.LimitSettings, error)
	// SetLimits is CodeNotFound for limits of an unknown key.
	SetLimits(ctx context.Context, project int32, set xray.LimitSettings) error
	IngestReport(ctx context.Context, project int32, since, until time.Time) (xray.IngestReport, error)
}

// Auditor keeps who did what to the server and its projects.
type Auditor interface {
	RecordAct(ctx context.Context, a xray.Act) error
	// Acts returns a part of the log, newest first.
	Acts(ctx context.Context, q xray.ActQuery) ([]xray.Act, error)
}

// Hooks keeps a project's webhooks and what they were told. One that is not the
// project's is CodeNotFound.
type Hooks interface {
	Hooks(ctx context.Context, project int32) ([]xray.Hook, error)
	Hook(ctx context.Context, project int32, id int64) (xray.Hook, error)
	CreateHook(ctx context.Context, h xray.Hook, secret string) (xray.Hook, error)
	ReplaceHook(ctx context.Context, h xray.Hook) (xray.Hook, error)
	RotateHook(ctx context.Context, project int32, id int64, secret string, overlap time.Duration) error
	DeleteHook(ctx context.Context, project int32, id int64) error
	Deliveries(ctx context.Context, project int32, hook, before int64, status xray.DeliveryStatus, limit int) ([]xray.Delivery, error)
	Delivery(ctx context.Context, project int32, hook, id int64) (xray.Delivery, error)
	TestHook(ctx context.Context, project int32, hook int64) (xray.Delivery, error)
	ResendDelivery(ctx context.Context, project int32, hook, id int64) (xray.Delivery, error)
}

// HookOutlet is what webhooks are told through.
type HookOutlet interface {
	// Check is CodeInvalid for a hook that could never be told.
	Check(h xray.Hook) error
	NewSecret() string
}

// Alerts keeps what a project watches for, and what was seen. One that is not the
// project's is CodeNotFound.
type Alerts interface {
	Alerts(ctx context.Context, project int32) ([]xray.Alert, error)
	Alert(ctx context.Context, project int32, id int64) (xray.Alert, error)
	CreateAlert(ctx context.Context, a xray.Alert) (xray.Alert, error)
	ReplaceAlert(ctx context.Context, a xray.Alert) (xray.Alert, error)
	MuteAlert(ctx context.Context, project int32, id int64, until *time.Time) error
	DeleteAlert(ctx context.Context, project int32, id int64) error
	// AlertPoints returns by alert the windows that ended after a minute since
	// 1970; 0 for id stands for all.
	AlertPoints(ctx context.Context, project int32, id, after int64) (map[int64][]xray.AlertPoint, error)
	AlertEvents(ctx context.Context, project int32, id int64, limit int) ([]xray.AlertEvent, error)
	PreviewAlert(ctx context.Context, project int32, r xray.AlertRule, from, to int64) ([]xray.AlertPoint, []xray.AlertEvent, error)
}

// Importer stores an execution that came without OpenTelemetry and returns its
// trace id and execution id.
type Importer interface {
	Import(ctx context.Context, p xray.Principal, e xray.NewExecution) (traceID, executionID string, err error)
}

// Demo stores the demonstration's executions in the caller's project, and
// returns how many they are and the trace id of the one that ends badly.
// CodeForbidden for a caller who may not send.
type Demo interface {
	LoadDemo(ctx context.Context, p xray.Principal) (executions int, mistakeID string, err error)
}

// Live announces changed executions of a project until cancel is called.
type Live interface {
	Subscribe(project int32) (changes <-chan xray.Change, cancel func())
}

// Authenticator tells whose request it is.
type Authenticator interface {
	Authenticate(ctx context.Context, secret, projectSlug string) (xray.Principal, error)
	Local() bool
	// SignedIn, Enter, Still and ProjectsOf are about people; see auth.Gate.
	SignedIn(ctx context.Context, token, address string) (auth.Signed, error)
	Enter(ctx context.Context, m xray.Member, projectSlug string) (xray.Principal, error)
	Still(ctx context.Context, s auth.Signed, project int32) error
	ProjectsOf(ctx context.Context, m xray.Member) ([]xray.Project, error)
}

// Accounts lets people in; see account.Service.
type Accounts interface {
	Methods(ctx context.Context) (account.Methods, error)
	LogIn(ctx context.Context, email, password string, v account.Visit) (account.Login, error)
	SetUp(ctx context.Context, token, email, name, password string, v account.Visit) (account.Login, error)
	Invitation(ctx context.Context, token string) (xray.Invitation, error)
	Join(ctx context.Context, token, name, password string, v account.Visit) (account.Login, error)
	Reset(ctx context.Context, token, password string, v account.Visit) (account.Login, error)
	StartOIDC(ctx context.Context, back string) (string, account.Flow, error)
	FinishOIDC(ctx context.Context, f account.Flow, state, code string, v account.Visit) (account.Login, error)
	Drop(ctx context.Context, token string) error

	Rename(ctx context.Context, user int64, name string) error
	ChangePassword(ctx context.Context, user, session int64, old, password string, v account.Visit) error
	LogOut(ctx context.Context, user, session int64) error
	LogOutEverywhere(ctx context.Context, user int64) error
	Sessions(ctx context.Context, user int64) ([]xray.Session, error)
	EndSession(ctx context.Context, user, session int64) error

	Organisation(ctx context.Context) (xray.Organisation, error)
	RenameOrganisation(ctx context.Context, name string) error
	Members(ctx context.Context) ([]xray.Member, error)
	SetMember(ctx context.Context, by xray.Principal, user int64, role xray.Role, projects []xray.ProjectRole) (xray.Member, error)
	RemoveMember(ctx context.Context, by xray.Principal, user int64) (xray.Member, error)
	ResetLinkBy(ctx context.Context, by xray.Principal, user int64) (string, xray.Member, error)
	Invite(ctx context.Context, by xray.Principal, i xray.Invitation) (string, xray.Invitation, error)
	Invitations(ctx context.Context) ([]xray.Invitation, error)
	RevokeInvitation(ctx context.Context, by xray.Principal, id int64) (xray.Invitation, error)
}

// Projects makes and renames projects. A name that is taken is CodeConflict.
type Projects interface {
	CreateProject(ctx context.Context, slug string) (xray.Project, error)
	RenameProject(ctx context.Context, from, to string) (xray.Project, error)
}

// Server is the API over its parts. All fields are required.
type Server struct {
	Reader     Reader
	Asker      Asker
	Explain    Explainer
	Analyst    Analyst
	Statistics Statistics
	Settings   Pipelines
	Search     Search
	Views      Views
	Feedback   Feedback
	Budgets    Budgets
	Masking    Masking
	Hooks      Hooks
	HookOutlet HookOutlet
	Retentions Retentions
	Prices     PriceDesk
	Keys       Keys
	Alerts     Alerts
	Limits     Limiting
	Audit      Auditor
	Importer   Importer
	Demo       Demo
	Live       Live
	Auth       Authenticator
	Accounts   Accounts
	Projects   Projects
	Logger     *slog.Logger
	About      About
	// Stopping is closed when the server shuts down; event streams, which
	// never end by themselves, end then.
	Stopping <-chan struct{}
}

// About is what the server says of itself to its own UI.
type About struct {
	Version string
	// PublicURL is what people reach this server by, without a slash at the end;
	// "" to go by what each request says.
	PublicURL string
	// PlainLogin lets people sign in over a network without TLS.
	PlainLogin bool
	OTLPHTTP   string // URL
	OTLPGRPC   string // URL
	Model      string // "" when explanations come from facts alone
	// DefaultModel is asked at endpoints of Endpoints where a project names none.
	DefaultModel string
	Endpoints    []string // base URLs that projects may choose
	HeartBeat    HeartBeat
}

// Register mounts the API under /api. The engine must have ContextWithFallback
// set, so that a request's context reaches the store.
func (s *Server) Register(engine *gin.Engine) {
	registerDocs(engine)
	strict := NewStrictHandlerWithOptions(s, nil, StrictGinServerOptions{
		RequestErrorHandlerFunc:  s.badRequest,
		HandlerErrorFunc:         s.problem,
		ResponseErrorHandlerFunc: s.responseFailed,
	})
	// Keys of items may be URLs: an escaped slash does not divide a path. Gin's
	// own unescaping would make a space of a plus sign.
	engine.UseEscapedPath, engine.UnescapePathValues = true, false
	RegisterHandlersWithOptions(engine.Group("", s.unescapeParams), strict, GinServerOptions{
		Middlewares:  []MiddlewareFunc{s.authenticate, limitBody},
		ErrorHandler: func(c *gin.Context, err error, _ int) { s.badRequest(c, err) },
	})
}

// unescapeParams gives handlers the parameters of the path as they were meant.
func (s *Server) unescapeParams(c *gin.Context) {
	for i, p := range c.Params {
		value, err := url.PathUnescape(p.Value)
		if err != nil { // no URL parser lets that through
			s.badRequest(c, err)
			c.Abort()
			return
		}
		c.Params[i].Value = value
	}
}

var _ StrictServerInterface = (*Server)(nil)

package xray

import "encoding/json"

// ItemRecord is what the SDK wrote about a step's candidates
// (xray.items.kept, xray.items.dropped). It outranks inference.
type ItemRecord struct {
	Kept    []ItemDecision `json:"kept,omitempty"`
	Dropped []ItemDecision `json:"dropped,omitempty"`
	// Criteria that the step says it applied (xray.criterion).
	Criteria []Criterion `json:"criteria,omitempty"`
}

// ItemDecision is one candidate's fate at one step.
type ItemDecision struct {
	Key       string          `json:"key"`
	Item      json.RawMessage `json:"item,omitempty"`
	Reason    string          `json:"reason,omitempty"`
	Criterion *Criterion      `json:"criterion,omitempty"`
	Score     *float64        `json:"score,omitempty"`
}

// Criterion is a condition on one field of the items: rating ≥ 7.
type Criterion struct {
	Field string          `json:"field"`
	Op    string          `json:"op"` // = != < <= > >= in not_in contains missing present
	Value json.RawMessage `json:"value,omitempty"`
}

// Station is one step's effect on the items: In = Kept + Dropped and
// Out = Kept + Added.
type Station struct {
	Step      SpanID
	Name      string
	In        int
	Kept      int
	Dropped   int
	Added     int
	Out       int
	Criterion string // what separates kept from dropped, as a clause; "" when nothing dropped or unknown
	Inferred  bool   // the candidates were not in the step's own input: they came from an earlier step
	Explicit  bool   // the program recorded the decisions itself
	// Drops is why items were dropped, the most frequent first; only where
	// stations are kept to be added up over executions.
	Drops []Drop
}

// Drop is one criterion by which a step dropped items.
type Drop struct {
	Text   string // "" for what nothing explains
	Items  int
	Sample string // the name or key of one of them
}

// Funnel is what all steps of an execution did to the items, in order of time.
type Funnel struct {
	Stations []Station
	LeftOut  LeftOut
}

// LeftOut says what was not looked at or not kept, so that nobody takes
// silence for health.
type LeftOut struct {
	Facts int   // ranked lowest, beyond the limit
	Steps int   // steps whose payload was not read
	Bytes int64 // their payload
	Items int   // array elements beyond the limit
}

// Item is one candidate of an execution in short.
type Item struct {
	Key       string
	Label     string // its title or name; "" if it has none
	EnteredAt SpanID
	LeftAt    SpanID // the step that dropped it; zero if it came through
}

// ItemPage is a part of an execution's items, those that came furthest first.
type ItemPage struct {
	Items   []Item
	Total   int // that fit the search
	Next    int // where the next page begins; 0 on the last
	LeftOut LeftOut
}

// Passport is an item's way through the run.
type Passport struct {
	Item
	Stops []Stop
	Text  string // one sentence: where it entered and where and why it left
}

// StopKind says what happened to the item at a step.
type StopKind string

const (
	StopEntered StopKind = "entered" // the step brought it in
	StopKept    StopKind = "kept"
	StopDropped StopKind = "dropped"
	StopSeen    StopKind = "seen" // it stands in the step's payload, no more is known
)

// Stop is one step of an item's way. Ranks count from 1; 0 is unknown.
type Stop struct {
	Step       SpanID
	Name       string
	Kind       StopKind
	RankIn     int
	In         int
	RankOut    int
	Out        int
	ScoreField string
	Score      *float64
	Criterion  string   // the rule that it failed, or the step's criterion
	Value      string   // its value of the field that the rule compares
	Margin     *float64 // how far it missed a threshold; negative never occurs
	Reason     string   // as the program recorded it
	Pointers   []string // into the step's payload
}

// ChangeKind says what a step did to an item. One that was kept may also have
// been reordered and edited.
type ChangeKind string

const (
	ChangeKept      ChangeKind = "kept"
	ChangeDropped   ChangeKind = "dropped"
	ChangeAdded     ChangeKind = "added"
	ChangeReordered ChangeKind = "reordered" // kept, at another place among the kept
	ChangeEdited    ChangeKind = "edited"    // kept, with other values in some fields
)

// ChangeQuery asks for one page of what a step did to its items.
type ChangeQuery struct {
	Kind    ChangeKind // "" for all
	Why     int        // only items dropped by this one of the reasons, counted from 1; 0 for all
	Text    string     // part of a key or a name
	Nearest bool       // dropped items that came nearest to passing first; else by their place
	From    int
	Limit   int
}

// StepChanges is what one step did to its items: the whole in numbers, and one
// page of the items.
type StepChanges struct {
	Station   Station
	Reordered int
	Edited    int
	Reasons   []DropReason // why items were dropped, the most frequent first
	Items     []ItemChange
	Total     int // that fit the query
	Next      int // where the next page begins; 0 on the last
	LeftOut   LeftOut
}

// DropReason is a rule that dropped items failed, or what the program recorded
// as its reason for dropping them.
type DropReason struct {
	Text    string // "" for those that nothing explains
	Items   int
	Field   string // of the rule; "" if it is no rule
	Op      string // as in Criterion
	Value   string // what the field is compared with
	Step    SpanID // where that value stands in the record; zero if nowhere
	Pointer string
}

// ItemChange is what a step did to one item. Ranks count from 1; 0 is unknown.
type ItemChange struct {
	Key        string
	Label      string
	Kind       ChangeKind // kept, dropped or added
	RankIn     int
	RankOut    int
	Shift      int // places up (or down, negative) among the kept items
	ScoreField string
	Score      *float64
	Criterion  string   // the rule that it failed
	Value      string   // its value of the field that the rule compares
	Margin     *float64 // how far it missed a threshold
	Reason     string   // as the program recorded it
	Edits      []FieldEdit
	Pointers   []string // into the step's payload
}

// FieldEdit is a field whose value the step changed; values are JSON, cut when
// long.
type FieldEdit struct {
	Field    string
	From, To string
}

// Elsewhere is the same item in another execution of the pipeline.
type Elsewhere struct {
	Execution Execution
	Passport  Passport
}

// Trail is an item's passport, and what became of it in other executions.
type Trail struct {
	Passport
	Elsewhere []Elsewhere // newest first; only executions that had the item
	LookedAt  int         // other executions that were searched for it
	LeftOut   LeftOut     // of the execution itself
}

// Match says how well a run knows what was asked for.
type Match string

const (
	MatchExact Match = "exact" // an item has this key or title
	MatchNear  Match = "near"  // some items come close
	MatchNever Match = "never" // no step's output contains it
)

// WhyNot answers why a thing is not in the result.
type WhyNot struct {
	Match    Match
	Passport *Passport  // of the exact match
	Near     []NearItem // best first
	Mentions []Mention  // texts that contain the words, where no item does
	Searches []Search   // what was searched for, so that one sees why it never came
	Text     string
	LeftOut  LeftOut
}

// NearItem is an item whose name resembles the question; Similarity is 0 to 1.
type NearItem struct {
	Item
	Similarity float64
}

// Mention is a text in a step's payload.
type Mention struct {
	Step    SpanID
	Name    string
	Pointer string
}

// Search is a search that ran.
type Search struct {
	Step    SpanID
	Name    string
	Pointer string // of its query
	Text    string
	Found   int // items that the step put out
}

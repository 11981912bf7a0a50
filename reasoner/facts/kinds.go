package facts

// The kinds of facts. docs/facts.md says for each what it means, when it is
// raised and what it cannot know.
const (
	// What happened to the items.
	KindCriterion   = "criterion"     // a rule that separates kept from dropped
	KindTopK        = "top_k"         // the best or first k were kept
	KindDedupe      = "dedupe"        // the dropped repeat kept ones
	KindRecorded    = "recorded"      // the program itself recorded why
	KindUnexplained = "unexplained"   // some dropped, and nothing in the data separates them
	KindAllDropped  = "all_dropped"   // a step kept nothing
	KindNoneDropped = "none_dropped"  // a filter kept everything
	KindPicked      = "picked"        // one of several was chosen
	KindReordered   = "reordered"     // the same items in another order
	KindEdited      = "edited"        // fields of kept items changed
	KindMissing     = "missing_field" // dropped for lack of the compared field
	KindLimit       = "limit_missed"  // more or fewer items than the limit says
	KindNearMiss    = "near_miss"     // dropped by a hair
	KindViolated    = "not_applied"   // items came through that a parameter rules out
	KindDuplicates  = "duplicate_ids" // two items with one id
	KindAllEqual    = "equal_scores"  // a ranking field is the same for all
	KindSentinel    = "odd_winner"    // the winner's deciding value looks like a placeholder
	KindNotBest     = "not_best"      // the pick has not the best score
	KindInversion   = "rank_inversion"
	KindTypes       = "type_mismatch"   // dropped because text met number
	KindFormat      = "format_mismatch" // dropped because of case, blanks or punctuation
	KindUnits       = "unit_mismatch"   // a parameter and the values it is compared with differ by a power of ten

	// What the steps were told.
	KindEmptyParam   = "empty_parameter"
	KindChangedParam = "changed_parameter" // differs from what the run was asked for
	KindPlaceholder  = "unfilled_placeholder"
	KindDrift        = "query_drift"   // a search that shares no word with the request
	KindEcho         = "echo_mismatch" // the answer speaks of something else than was asked

	// What came out.
	KindError       = "error"
	KindSwallowed   = "swallowed_error" // an error inside a result that counts as success
	KindItemErrors  = "item_errors"     // some items carry an error
	KindRetried     = "retried"
	KindTruncated   = "truncated_output"
	KindFiltered    = "content_filtered"
	KindEmptyOutput = "empty_output"
	KindInvented    = "invented"    // an output value that stands in no input
	KindFallback    = "fallback"    // the step says that it answered with a default or in part
	KindGaveUp      = "gave_up"     // ended at a limit of turns rather than with a result
	KindLost        = "lost_detail" // a summary left out what the request asks about
	KindIgnored     = "result_ignored"
	KindVerdict     = "verdict_ignored"
	KindPagination  = "pagination_cut"
	KindStale       = "stale_data"
	KindCount       = "count_mismatch"
	KindRepeated    = "repeated_call"
	KindUnstable    = "unstable" // same input, different output, within one run
	KindModel       = "model_swapped"
	KindInjection   = "instruction_in_data"
	KindRecordCut   = "record_cut" // the record, not the program, is incomplete

	// Against this pipeline's history.
	KindSlow       = "slower_than_usual"
	KindTokens     = "more_tokens_than_usual"
	KindCost       = "dearer_than_usual"
	KindDropRate   = "unusual_drop_rate"
	KindNewError   = "new_error"
	KindNewModel   = "model_changed"
	KindNewPrompt  = "prompt_changed"
	KindParamGone  = "parameter_now_empty"
	KindNewEmpty   = "output_now_empty"
	KindStepGone   = "step_missing"
	KindNewVersion = "version_changed"

	KindMore    = "more"     // many facts of one kind, summed up
	KindLeftOut = "left_out" // what was not read or is not listed
)

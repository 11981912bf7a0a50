package facts

import "github.com/xraytrace/xray"

// What others read of our results are nouns of the root package.
type (
	Station       = xray.Station
	LeftOut       = xray.LeftOut
	Item          = xray.Item
	Passport      = xray.Passport
	Stop          = xray.Stop
	NearItem      = xray.NearItem
	StepPair      = xray.StepPair
	Comparison    = xray.Comparison
	Diff          = xray.Diff
	StepRef       = xray.StepRef
	StepStability = xray.StepStability
	Contrasted    = xray.Contrasted
)

package xray

import (
	"encoding/binary"
	"math"
	"testing"
)

func TestASampleTakesItsShare(t *testing.T) {
	for _, percent := range []float64{0, 0.5, 10, 50, 100} {
		s, taken := ReasoningSettings{Policy: PolicySample, SamplePercent: percent}, 0
		const n = 20_000
		for i := range n { // ids that count up, as some clients have them
			var id TraceID
			binary.BigEndian.PutUint64(id[8:], uint64(i))
			if s.Takes(id, StatusOK) {
				taken++
			}
		}
		if got := 100 * float64(taken) / n; math.Abs(got-percent) > 1.5 || percent == 0 && taken > 0 || percent == 100 && taken < n {
			t.Errorf("%v %% took %v %%", percent, got)
		}
	}
}

func TestSettingsThatCannotBe(t *testing.T) {
	for name, s := range map[string]ReasoningSettings{
		"no policy":          {},
		"an unknown policy":  {Policy: "some"},
		"a share below 0":    {Policy: PolicySample, SamplePercent: -1},
		"a share above 100":  {Policy: PolicySample, SamplePercent: 101},
		"no number":          {Policy: PolicySample, SamplePercent: math.NaN()},
		"a cap below 0":      {Policy: PolicyAll, DailyCapUSD: new(-1.0)},
		"a cap without end":  {Policy: PolicyAll, MonthlyCapUSD: new(math.Inf(1))},
		"a cap of no number": {Policy: PolicyAll, DailyCapUSD: new(math.NaN())},
	} {
		if ErrorCode(s.Validate()) != CodeInvalid {
			t.Errorf("%s is accepted", name)
		}
	}
}

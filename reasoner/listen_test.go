package reasoner

import "testing"

func TestClaimsAreReadWhileTheyCome(t *testing.T) {
	const whole = `<think>{"claims":[{"text":"no"}]}</think>{"headline":"H","claims":[{"text":"a } \"b\"","kind":"observed","evidence":[{"step":"s1","ptr":"/a","quote":"]"}],"facts":[]},{"text":"c","kind":"derived","evidence":[],"facts":["F1"]}],"decisive_steps":[]}`
	last := 0
	for n := range len(whole) + 1 {
		claims := claimsSoFar(whole[:n])
		if len(claims) < last || len(claims) > 2 {
			t.Fatalf("after %d bytes there are %d claims, before there were %d", n, len(claims), last)
		}
		if len(claims) > 0 && claims[0].Text != `a } "b"` || len(claims) > 1 && claims[1].Facts[0] != "F1" {
			t.Fatalf("after %d bytes: %+v", n, claims)
		}
		last = len(claims)
	}
	if last != 2 {
		t.Errorf("%d claims in all", last)
	}
}

func FuzzClaimsSoFar(f *testing.F) {
	f.Add(`{"headline":"H","claims":[{"text":"a"},`)
	f.Add(`{"claims":{}}`)
	f.Add(`[{"claims":[1]}]`)
	f.Fuzz(func(t *testing.T, content string) {
		if n := len(claimsSoFar(content)); n > len(content) {
			t.Errorf("%d claims in %d bytes", n, len(content))
		}
	})
}

package main

// factsFlags say what finding facts in the background may take.
type factsFlags struct {
	FactsCPU float64 `name:"facts-cpu" env:"XRAY_FACTS_CPU" default:"0.5" help:"How much of one processor may go into finding facts of executions in the background, a fifth of it while spans arrive; 0: they are found when somebody looks."`
}

// share is that as the store wants it, for which 0 means the default.
func (f factsFlags) share() float64 {
	if f.FactsCPU <= 0 {
		return -1
	}
	return f.FactsCPU
}

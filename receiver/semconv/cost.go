package semconv

import (
	"time"

	"github.com/xraytrace/xray"
	"github.com/xraytrace/xray/receiver/prices"
)

// newCostTable is where clients report what a call cost, in US dollars.
func newCostTable() *table {
	return &table{concept: "Cost in US dollars", sources: []source{
		{by: Langfuse, key: "langfuse.observation.cost_details", in: "total"},
		{by: MLflow, key: "mlflow.llm.cost", in: "total_cost"},
		{by: OI, key: "llm.cost.total"},
		{by: OpenLIT, key: "gen_ai.usage.cost"},
		{by: Logfire, key: "operation.cost"},
		{by: Sentry, key: "gen_ai.cost.total_tokens"},
	}}
}

// newCostPartsTable is for clients that report the two sides and no sum.
func newCostPartsTable() *table {
	return &table{concept: "Cost of input and output, if there is no sum", sources: []source{
		{by: Langfuse, key: "langfuse.observation.cost_details", in: "input"},
		{by: Langfuse, key: "langfuse.observation.cost_details", in: "output"},
		{by: MLflow, key: "mlflow.llm.cost", in: "input_cost"},
		{by: MLflow, key: "mlflow.llm.cost", in: "output_cost"},
		{by: OI, key: "llm.cost.prompt"},
		{by: OI, key: "llm.cost.completion"},
		{by: GenAIOld, key: "gen_ai.usage.input_cost"},
		{by: GenAIOld, key: "gen_ai.usage.output_cost"},
	}}
}

// cost fills in what the step cost. What the client reported wins. Only model
// calls are priced from the table: their parents repeat the tokens.
//
// A reported zero beside tokens is what OpenLIT writes when it does not know
// the model, so the table is asked first; if it does not know the model
// either, the client's word stands.
func (f *found) cost(m *Mapper, project int32, step *xray.Step, request string) {
	reported, known := f.reportedCost()
	if known && (reported > 0 || step.Tokens.InputTotal() == nil && step.Tokens.OutputTotal() == nil) {
		step.CostUSD, step.CostFrom = &reported, xray.CostReported
		return
	}
	if step.ModelCall && m.prices != nil {
		call := prices.Call{
			Provider: step.Provider,
			Models:   []string{step.Model, request},
			Tokens:   step.Tokens,
			At:       time.Unix(0, int64(step.Start)),
		}
		table := m.prices.Of(project)
		if usd, ok := table.Cost(call); ok {
			step.CostUSD, step.CostFrom, step.PriceDate = &usd, xray.CostComputed, table.Version()
			return
		}
	}
	if known {
		step.CostUSD, step.CostFrom = &reported, xray.CostReported
	}
}

func (f *found) reportedCost() (usd float64, ok bool) {
	if usd, _, ok = f.number(f.v.cost); ok && usd >= 0 {
		return usd, true
	}
	usd, ok = 0, false
	for i, id := range f.v.costParts.ids {
		if !f.has[id] {
			continue
		}
		s := f.v.costParts.sources[i]
		var part float64
		var given bool
		if s.in != "" {
			part, given = numberOfJSON(f.inside(id, s.in))
		} else {
			part, given = numberOf(f.values[id])
		}
		if given && part >= 0 {
			usd, ok = usd+part, true
		}
	}
	return usd, ok
}

// Command plain-otel sends an execution to X-Ray with OpenTelemetry alone: no
// SDK of ours, just its exporter and, where it helps, the attributes of
// docs/attributes.md.
//
//	cd examples && go run ./plain-otel
package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"log"
	"os"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

func main() {
	ctx := context.Background()
	exporter, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(cmp.Or(os.Getenv("XRAY_ENDPOINT"), "http://localhost:4318")+"/v1/traces"))
	if err != nil {
		log.Fatal(err)
	}
	provider := sdktrace.NewTracerProvider(
		sdktrace.WithBatcher(exporter),
		sdktrace.WithResource(resource.NewSchemaless(attribute.String("service.name", "plain-otel"))),
	)
	otel.SetTracerProvider(provider)
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) { log.Print(err) }))

	id := sumOfEven(ctx, []int{3, 8, 2, 9, 4})
	if err := provider.Shutdown(ctx); err != nil {
		log.Fatal(err)
	}
	fmt.Printf("See why: %s/executions/%s\n", cmp.Or(os.Getenv("XRAY_UI_URL"), "http://localhost:8080"), id)
}

// sumOfEven is the pipeline: a root span is the execution, its children are
// the steps.
func sumOfEven(ctx context.Context, numbers []int) trace.TraceID {
	tracer := otel.Tracer("plain-otel")
	ctx, root := tracer.Start(ctx, "sum of the even numbers")
	defer root.End()

	_, filter := tracer.Start(ctx, "keep the even ones")
	filter.SetAttributes(attribute.String("xray.input", text(numbers)))
	var even []int
	for _, n := range numbers {
		if n%2 == 0 {
			even = append(even, n)
		}
	}
	filter.SetAttributes(attribute.String("xray.output", text(even)))
	filter.End()

	_, add := tracer.Start(ctx, "add")
	add.SetAttributes(attribute.String("xray.input", text(even)))
	sum := 0
	for _, n := range even {
		sum += n
	}
	add.SetAttributes(attribute.String("xray.output", text(sum)))
	add.End()

	root.SetAttributes(attribute.String("xray.execution.outcome", text(map[string]int{"sum": sum})))
	fmt.Println(sum)
	return root.SpanContext().TraceID()
}

func text(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(b)
}

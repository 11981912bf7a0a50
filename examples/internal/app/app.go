// Package app is what the examples' main functions have in common: start the
// SDK, run one execution, deliver it and print where to look.
package app

import (
	"context"
	"fmt"
	"log"
	"time"

	"github.com/xraytrace/xray/sdk"
	"github.com/xraytrace/xray/sdk/setup"
)

// Run runs pipeline as an execution of that name and prints its result.
// movie-recommendation/main.go shows the same at length.
func Run[T any](name string, input any, pipeline func(context.Context) (T, error)) {
	client, err := setup.Start(context.Background(), setup.WithService(name, ""))
	if err != nil {
		log.Fatal(err)
	}
	var link string
	result, err := xray.TrackExecution(context.Background(), name, func(ctx context.Context) (T, error) {
		link = xray.CurrentExecution(ctx).URL()
		return pipeline(ctx)
	}, xray.WithInput(input), xray.WithTags("example"))
	if err != nil {
		fmt.Println("failed:", err)
	} else {
		fmt.Printf("%v\n", result)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := client.Shutdown(ctx); err != nil {
		log.Fatalf("%v\nIs X-Ray running? Start it with `make run`.", err)
	}
	fmt.Println("See why:", link)
}

// Command movie-recommendation asks a small catalogue for a film and sends the
// run to X-Ray, so that one can see why that film was chosen.
//
//	make run                                    # in one terminal
//	cd examples && go run ./movie-recommendation  # in another
//
// The pipeline: understand the request → search → filter → rank → pick.
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"time"

	"github.com/xraytrace/xray/sdk"
	"github.com/xraytrace/xray/sdk/setup"
)

func main() {
	// Sends to http://localhost:4318, or to XRAY_ENDPOINT.
	client, err := setup.Start(context.Background(), setup.WithService("movie-recommendation", ""))
	if err != nil {
		log.Fatal(err)
	}

	request := "a science fiction film from the last forty years, well rated, not too long"
	if len(os.Args) > 1 {
		request = os.Args[1]
	}

	var link string
	pick, err := xray.TrackExecution(context.Background(), "movie recommendation",
		func(ctx context.Context) (Movie, error) {
			link = xray.CurrentExecution(ctx).URL()
			return recommend(ctx, request)
		},
		xray.WithInput(request),
		xray.WithTags("example"),
		xray.WithUser("ada"),
	)
	if err != nil {
		fmt.Println("no recommendation:", err)
	} else {
		fmt.Printf("%s (%d), rated %.1f\n", pick.Title, pick.Year, pick.Rating)
	}

	// Shutdown blocks until everything is delivered, and says what was not.
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := client.Shutdown(ctx); err != nil {
		log.Fatalf("%v\nIs X-Ray running? Start it with `make run`.", err)
	}
	fmt.Println("See why:", link)
}

package setup_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"time"

	"github.com/xraytrace/xray/sdk"
	"github.com/xraytrace/xray/sdk/setup"
)

// The usual beginning and end of a program.
func ExampleStart() {
	client, err := setup.Start(context.Background(), setup.WithService("shop", "1.2.3"))
	if err != nil {
		log.Fatal(err)
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if loss, ok := errors.AsType[*xray.LossError](client.Shutdown(ctx)); ok {
			log.Printf("%d spans were not delivered: %v", loss.Lost(), loss)
		}
	}()

	err = xray.Track(context.Background(), "nightly import", func(ctx context.Context) error {
		return xray.Do(ctx, "read feed", func(context.Context) error { return nil })
	})
	fmt.Println(err)
}

// With a Config, and without touching OpenTelemetry's globals.
func ExampleExporter() {
	client, err := xray.New(
		xray.Config{ProjectID: "shop", APIKey: "xray_…", Endpoint: "https://xray.example.com"},
		setup.Exporter(setup.WithQueue(16<<20, time.Second)),
	)
	if err != nil {
		log.Fatal(err)
	}
	ctx := client.Context(context.Background()) // for this client; the default one needs no context
	_ = xray.Track(ctx, "run", func(context.Context) error { return nil })
}

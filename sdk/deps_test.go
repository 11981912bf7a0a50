package xray_test

import (
	"os/exec"
	"strings"
	"testing"
)

// The SDK must stay light to link: OpenTelemetry's API and nothing that
// exports. And it never imports the server's module.
func TestTheSDKLinksTheOpenTelemetryAPIOnly(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", ".").CombinedOutput()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, out)
	}
	for pkg := range strings.FieldsSeq(string(out)) {
		for _, banned := range []string{
			"go.opentelemetry.io/otel/sdk", "go.opentelemetry.io/otel/exporters", "go.opentelemetry.io/proto",
			"google.golang.org/protobuf", "google.golang.org/grpc",
		} {
			if strings.HasPrefix(pkg, banned) {
				t.Errorf("package xray links %s", pkg)
			}
		}
	}
	all, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "./...").CombinedOutput()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, all)
	}
	for pkg := range strings.FieldsSeq(string(all)) {
		if strings.HasPrefix(pkg, "github.com/xraytrace/xray") && !strings.HasPrefix(pkg, "github.com/xraytrace/xray/sdk") {
			t.Errorf("the SDK imports %s of the server's module", pkg)
		}
		if strings.HasPrefix(pkg, "google.golang.org/grpc") {
			t.Errorf("the SDK links gRPC: %s", pkg)
		}
	}
}

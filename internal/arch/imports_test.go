package arch

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/xraytrace/xray"

// What rooms import, by short names. A name stands for the package and all
// below it; only root stands for itself alone.
const (
	root  = module + "$"
	pgx   = "github.com/jackc/pgx/v5"
	goose = "github.com/pressly/goose/v3"
	river = "github.com/riverqueue/river"
	zip   = "github.com/klauspost/compress"
	gin   = "github.com/gin-gonic/gin"
	grpc  = "google.golang.org/grpc"
	rpc   = "google.golang.org/genproto/googleapis/rpc" // status details of gRPC
	proto = "google.golang.org/protobuf"
	pdata = "go.opentelemetry.io/collector/pdata"
	prom  = "github.com/prometheus/client_golang"
	model = "github.com/openai/openai-go/v3"
	oapi  = "github.com/oapi-codegen/runtime"
	swgui = "github.com/swaggest/swgui"
	text  = "golang.org/x/text"
	argon = "golang.org/x/crypto/argon2"
	oidc  = "github.com/coreos/go-oidc/v3"
	oauth = "golang.org/x/oauth2"
	smtp  = "github.com/wneessen/go-mail"
	rapid = "pgregory.net/rapid"
	otel  = "go.opentelemetry.io/otel"
	// The API of OpenTelemetry, without SDK and exporters.
	otelAPI = otel + "$ " + otel + "/attribute " + otel + "/baggage " + otel + "/codes " + otel + "/metric " + otel + "/propagation " + otel + "/semconv " + otel + "/trace"
)

func in(rooms ...string) string {
	return module + "/" + strings.Join(rooms, " "+module+"/")
}

// room is a directory of packages and what its files (not its tests) may
// import besides the standard library. The longest path that fits a package
// is its row, and a package without a row fails: say here what it may know.
type room struct {
	path string
	may  []string
}

// house is the table. What is not named is forbidden; most telling is who does
// not know whom: the rooms never import each other, only cmd/xray joins them.
var house = []room{
	// The nouns, and what is only embedded: nothing.
	{".", nil},
	{"migrations", nil},
	{"ui", nil},

	// Pure: rules over texts. Whoever keeps or sends texts asks it.
	{"mask", []string{root}},

	// The rooms.
	{"store", []string{root, in("migrations"), pgx, goose, river, zip}},
	{"receiver", []string{root, in("mask", "receiver/semconv"), pdata, grpc, rpc, proto, gin, zip, prom}},
	{"receiver/semconv", []string{root, in("receiver/prices"), pdata}},
	{"receiver/prices", []string{root}},
	{"reasoner", []string{root, in("mask", "reasoner"), model}},
	{"reasoner/facts", []string{root}},        // pure: no model, no I/O
	{"reasoner/verify", []string{root, text}}, // pure, too
	{"query", []string{root}},                 // pure: the store alone knows SQL
	{"internal/api", []string{root, in("mask", "internal/account", "internal/auth", "internal/dossier", "query"), gin, oapi, swgui}},
	{"notify", []string{root, smtp}},     // one attempt: what and when is the store's business
	{"alert", []string{root}},            // pure: windows in, states out
	{"internal/dossier", []string{root}}, // pure, but for what it is handed to read
	{"internal/mcp", []string{root, in("internal/auth", "internal/dossier", "query"), "github.com/modelcontextprotocol/go-sdk", "github.com/google/jsonschema-go"}},
	{"internal/auth", []string{root}},
	{"internal/limit", []string{root}}, // the store is handed to it
	{"internal/account", []string{root, argon, text, oidc, oauth}},
	{"internal/web", []string{root, gin}},
	{"internal/demo", []string{root, pdata}},
	{"internal/postgres", []string{root, pgx}},
	{"cmd/xray", []string{root, in("ui", "alert", "mask", "notify", "query", "store", "receiver", "reasoner", "internal", "migrations"), "*"}},
	{"cmd/xray-bench", []string{root, in("internal"), "*"}}, // measures from outside: knows no room

	// For tests only; see onlyTests.
	{"internal/arch", nil},
	{"internal/modeltest", []string{root}},
	{"internal/pgtest", []string{in("internal/postgres", "store"), pgx}},
	{"internal/tracetest", []string{root, pdata, grpc, proto, rapid}},

	// Modules of their own. The SDK is a guest in other people's programs: it
	// brings OpenTelemetry's API and nothing of ours.
	{"sdk", []string{in("sdk/internal"), otelAPI}},
	{"sdk/internal", []string{in("sdk/internal"), otelAPI}},
	{"sdk/openai", []string{in("sdk") + "$", otelAPI}},
	{"sdk/setup", []string{in("sdk"), otel, proto, grpc, "go.opentelemetry.io/proto/otlp"}},
	{"examples", []string{in("sdk", "examples/internal"), otel, model}},
	{"internal/e2e", []string{root, in("internal/tracetest", "sdk"), "*"}},
}

// onlyTests may be imported by tests, and by each other.
var onlyTests = []string{"internal/arch", "internal/modeltest", "internal/pgtest", "internal/tracetest", "internal/e2e"}

func TestImportsFollowTheTable(t *testing.T) {
	for file, imports := range sources(t) {
		dir := filepath.ToSlash(filepath.Dir(file))
		r, ok := roomOf(dir)
		if !ok {
			t.Errorf("%s: package %s has no row in the table of internal/arch: add one that says what it may import", file, dir)
			continue
		}
		for _, path := range imports {
			if !isStd(path) && !r.allows(path) {
				t.Errorf("%s imports %s, which the table of internal/arch does not allow to %s", file, path, r.path)
			}
			if isOneOf(path, onlyTests) && !isOneOf(module+"/"+dir, onlyTests) {
				t.Errorf("%s imports %s, which is for tests only", file, path)
			}
		}
	}
}

// The table is checked as well, on imports that somebody will try one day.
func TestTheTableForbidsWhatItShould(t *testing.T) {
	for _, tc := range []struct{ dir, path string }{
		{"store", gin},
		{"store", module + "/receiver"},
		{"receiver", pgx + "/pgxpool"},
		{"receiver", module + "/store"},
		{"receiver", module + "/internal/auth"},
		{"reasoner", module + "/store"},
		{"reasoner/facts", model},
		{"internal/api", module + "/store"},
		{"internal/account", module + "/store"},
		{"internal/account", gin},
		{"query", module + "/store"},
		{"store", module + "/query"},
		{"store", module + "/notify"},
		{"notify", pgx},
		{"internal/api", pgx},
		{"sdk", module},
		{"sdk", otel + "/sdk/trace"},
		{".", pgx},
		{"cmd/xray", module + "/sdk"},
	} {
		if r, ok := roomOf(tc.dir); !ok || r.allows(tc.path) {
			t.Errorf("%s may import %s", tc.dir, tc.path)
		}
	}
}

// sources parses the imports of every Go file that is not a test.
func sources(t *testing.T) map[string][]string {
	t.Helper()
	top := filepath.Join("..", "..")
	all := map[string][]string{}
	err := filepath.WalkDir(top, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(top, path)
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() {
			if rel != "." && (strings.HasPrefix(name, ".") || name == "node_modules" || name == "testdata" || rel == "bin") {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		all[rel] = nil
		for _, spec := range file.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			all[rel] = append(all[rel], imported)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 20 {
		t.Fatalf("found %d source files only: is this the top of the house?", len(all))
	}
	return all
}

// roomOf finds the row of a package: the longest path that fits.
func roomOf(dir string) (best room, ok bool) {
	for _, r := range house {
		if (dir == r.path || r.path != "." && within(dir, r.path)) && (!ok || len(r.path) > len(best.path)) {
			best, ok = r, true
		}
	}
	return best, ok
}

func (r room) allows(path string) bool {
	for _, names := range r.may {
		for name := range strings.FieldsSeq(names) {
			exact, isExact := strings.CutSuffix(name, "$")
			switch {
			case name == "*" && !within(path, module):
				return true
			case isExact && path == exact, !isExact && within(path, name):
				return true
			}
		}
	}
	return false
}

func within(path, parent string) bool {
	return path == parent || strings.HasPrefix(path, parent+"/")
}

func isOneOf(path string, rooms []string) bool {
	for _, r := range rooms {
		if within(path, module+"/"+r) {
			return true
		}
	}
	return false
}

// isStd: only the standard library has no dot in the first element of a path.
func isStd(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return !strings.Contains(first, ".")
}

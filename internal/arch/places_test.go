package arch

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// places are the beginnings of what only makes sense on somebody's machine, or
// ties a build to one registry: lock files must work with any mirror. They are
// put together here, so that this file does not hold them.
var places = []string{
	"/work" + "/",
	"/tmp/" + "bash_jobs",
	"/home/" + "runner",
	"registry." + "npmjs",
	"registry." + "yarnpkg",
	"proxy.golang" + ".org",
	"files.python" + "hosted",
}

// Recorded traffic holds what its senders wrote.
func mayNamePlaces(path string) bool { return strings.Contains(path, "/testdata/otlp/") }

func TestCommittedFilesNameNoMachineAndNoRegistry(t *testing.T) {
	top := filepath.Join("..", "..")
	list := exec.Command("git", "ls-files", "-z")
	list.Dir = top
	out, err := list.Output()
	if err != nil {
		t.Fatalf("list the committed files: %v", err)
	}
	for path := range strings.SplitSeq(strings.TrimRight(string(out), "\x00"), "\x00") {
		text, err := os.ReadFile(filepath.Join(top, path))
		if err != nil || mayNamePlaces(path) || bytes.IndexByte(text, 0) >= 0 {
			continue // removed in the work tree, recorded, or binary
		}
		for _, place := range places {
			if at := bytes.Index(text, []byte(place)); at >= 0 {
				t.Errorf("%s:%d names %s", path, 1+bytes.Count(text[:at], []byte("\n")), place)
			}
		}
	}
}

//go:build unix

package postgres

import (
	"os"
	"testing"

	"github.com/xraytrace/xray"
)

func TestChooseInstallation(t *testing.T) {
	pg := func(majors ...int) (all []installation) {
		for _, m := range majors { // newest first, as findInstallation sorts them
			all = append(all, installation{dir: "/bin", major: m})
		}
		return all
	}
	for _, tc := range []struct {
		name  string
		found []installation
		major int // of the data; 0 = none yet
		want  int
		code  xray.Code
		words string
	}{
		{"new data takes the newest version", pg(17, 15), 0, 17, "", ""},
		{"data that is there takes its own version", pg(17, 15), 15, 15, "", ""},
		{"data of a version that is not installed is refused", pg(17, 16), 15, 0, xray.CodeConflict, "made by PostgreSQL 15, but installed is PostgreSQL 17, 16; nothing was touched"},
		{"data of a newer version is refused", pg(15), 18, 0, xray.CodeConflict, "made by PostgreSQL 18"},
		{"data of a version too old is refused though it is installed", pg(17, 14), 14, 0, xray.CodeConflict, "pg_upgrade"},
		{"data without any installation says what to install", pg(), 16, 0, xray.CodeConflict, "no PostgreSQL is installed"},
		{"no installation says what to install", pg(), 0, 0, xray.CodeNotFound, "DATABASE_URL"},
		{"an installation too old says what to install", pg(13), 0, 0, xray.CodeConflict, "PostgreSQL 13 is installed, X-Ray needs 15 or newer"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := choose(tc.found, tc.major, "/data")
			if tc.code != "" {
				wantRefusal(t, err, tc.code, tc.words)
				return
			}
			if err != nil || got.major != tc.want {
				t.Errorf("chose %d (%v), want %d", got.major, err, tc.want)
			}
		})
	}
}

func TestBinariesOfADirectoryWithoutAServerAreRefused(t *testing.T) {
	dir := dataDir(t)
	_, err := Start(t.Context(), Options{DataDir: dir, Binaries: t.TempDir()})
	wantRefusal(t, err, xray.CodeNotFound, "no PostgreSQL server in")
	if _, err := os.Stat(dir + "/postgres"); !os.IsNotExist(err) {
		t.Errorf("a refused start left data: %v", err)
	}
}

package postgres

import "fmt"

// Space tells where the data of a directory is, "" for the default one, and how
// many bytes are free there.
func Space(dataDir string) (dir string, free int64, err error) {
	if dataDir == "" {
		if dataDir, err = DefaultDir(); err != nil {
			return "", 0, err
		}
	}
	if free, err = freeSpace(dataDir); err != nil {
		return dataDir, 0, fmt.Errorf("look for free space at %s: %w", dataDir, err)
	}
	return dataDir, free, nil
}

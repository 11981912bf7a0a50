package api

import (
	"strconv"

	"github.com/xraytrace/xray"
)

// numberedPage checks what a caller gave to page through what has rising
// numbers: 0 for a limit is the usual one, "" for a cursor the first page.
func numberedPage(limit int, cursor string) (most int, before int64, err error) {
	if limit == 0 {
		limit = xray.DefaultLimit
	}
	if limit < 1 || limit > xray.MaxLimit {
		return 0, 0, xray.Errorf(xray.CodeInvalid, "limit is %d: use 1 to %d", limit, xray.MaxLimit)
	}
	if cursor != "" {
		if before, err = strconv.ParseInt(cursor, 10, 64); err != nil || before < 1 {
			return 0, 0, xray.Errorf(xray.CodeInvalid, "%.40q is not a cursor: give the next of the page before", cursor)
		}
	}
	return limit, before, nil
}

package store

import (
	"time"

	"github.com/xraytrace/xray"
)

const (
	minutesPerDay = 24 * 60
	// maxStatsMinutes bounds a range, so that a read is bounded: ten years.
	maxStatsMinutes = 3653 * minutesPerDay
)

// minuteRange is a range of minutes since 1970, the end excluded.
type minuteRange struct{ from, to int64 }

func (r minuteRange) asRange(width int64) xray.StatsRange {
	const minute = int64(time.Minute)
	return xray.StatsRange{Since: xray.Nano(r.from * minute), Until: xray.Nano(r.to * minute), Width: time.Duration(width * minute)}
}

// rangeOf is a query's range in whole minutes, or hours if it begins before
// there are minutes.
func rangeOf(q xray.StatsQuery, now time.Time) (minuteRange, error) {
	if q.Until == 0 {
		q.Until = xray.Nano(now.UnixNano())
	}
	if q.Since == 0 {
		q.Since = q.Until - xray.Nano(24*time.Hour)
	}
	r := minuteRange{minuteOf(q.Since), minuteOf(q.Until-1) + 1}
	if q.Since >= q.Until || r.to-r.from > maxStatsMinutes {
		return r, xray.Errorf(xray.CodeInvalid, "the range of time is empty or too long: since must lie before until")
	}
	return r.outwards(finest(r, now)), nil
}

// finest is the width of the narrowest buckets that a range can be read in.
func finest(r minuteRange, now time.Time) int64 {
	if r.from < now.AddDate(0, 0, -minutesKept+1).Unix()/60 {
		return 60
	}
	return 1
}

// outwards moves the ends outwards to multiples of width.
func (r minuteRange) outwards(width int64) minuteRange {
	return minuteRange{floorTo(r.from, width), -floorTo(-r.to, width)}
}

// bucketWidth is the narrowest of some round widths that cuts r into at most n.
func bucketWidth(r minuteRange, n int, now time.Time) int64 {
	low := finest(r, now)
	for _, width := range []int64{1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720} {
		if width >= low && r.outwards(width).count(width) <= int64(n) {
			return width
		}
	}
	width := int64(minutesPerDay)
	for r.outwards(width).count(width) > int64(n) {
		width += minutesPerDay
	}
	return width
}

func (r minuteRange) count(width int64) int64 { return (r.to - r.from) / width }

// levelOf is the widest level whose buckets fit into those of width.
func levelOf(width int64) int16 {
	level := rollupLevels()[0]
	for _, l := range rollupLevels() {
		if width%int64(l) == 0 {
			level = l
		}
	}
	return level
}

// part of a range that is read at one level.
type leveled struct {
	minuteRange
	level int16
}

// cover cuts a range into as few buckets as there are: days inside, hours and
// minutes at the ends.
func cover(r minuteRange) []leveled {
	return coverAt(r, len(rollupLevels())-1)
}

func coverAt(r minuteRange, at int) []leveled {
	if r.from >= r.to {
		return nil
	}
	level := rollupLevels()[at]
	inner := minuteRange{-floorTo(-r.from, int64(level)), floorTo(r.to, int64(level))}
	if at == 0 {
		return []leveled{{r, level}}
	}
	if inner.from >= inner.to {
		return coverAt(r, at-1)
	}
	parts := append(coverAt(minuteRange{r.from, inner.from}, at-1), leveled{inner, level})
	return append(parts, coverAt(minuteRange{inner.to, r.to}, at-1)...)
}

// Package migrations embeds the schema's history, one SQL file per step, in
// the order of their numbers. It runs nothing: package store applies them
// (store.Migrate). The whole schema as it stands now is on one page in
// schema.golden.sql, which a test of package store writes.
package migrations

import "embed"

// FS holds the goose migrations.
//
//go:embed [0-9]*.sql
var FS embed.FS

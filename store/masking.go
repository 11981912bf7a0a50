package store

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/xraytrace/xray"
)

// maskingChannel announces that some project's settings were changed.
const maskingChannel = "xray_masking"

// MaskSettings returns what a project does not want stored or shown to models.
func (s *Store) MaskSettings(ctx context.Context, project int32) (xray.MaskSettings, error) {
	var data []byte
	err := s.of(project).QueryRow(ctx, "SELECT settings FROM masking_settings WHERE project_id = $1", project).Scan(&data)
	if errors.Is(err, pgx.ErrNoRows) {
		return xray.DefaultMaskSettings(), nil
	}
	if err != nil {
		return xray.MaskSettings{}, unavailable(fmt.Errorf("read masking settings: %w", err))
	}
	return decodeMasking(data)
}

// decodeMasking takes nothing that it does not know: rules of a newer version
// must not be half understood.
func decodeMasking(data []byte) (set xray.MaskSettings, err error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&set); err != nil {
		return set, fmt.Errorf("read masking settings: %w", err)
	}
	return set.Normalized()
}

// SetMaskSettings replaces a project's settings; every process that serves
// hears of it. They hold for what arrives from then on. Those that cannot be
// are CodeInvalid.
func (s *Store) SetMaskSettings(ctx context.Context, project int32, set xray.MaskSettings) error {
	set, err := set.Normalized()
	if err != nil {
		return err
	}
	data, err := json.Marshal(set)
	if err != nil {
		return fmt.Errorf("write masking settings: %w", err)
	}
	key := make([]byte, 32)
	rand.Read(key) // never fails: crypto/rand aborts the program instead
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `
			INSERT INTO masking_settings (project_id, settings, hash_key, updated_at)
			VALUES (@project, @settings, @key, @now)
			ON CONFLICT (project_id) DO UPDATE SET settings = EXCLUDED.settings, updated_at = EXCLUDED.updated_at`,
			pgx.NamedArgs{"project": project, "settings": data, "key": key, "now": s.clock()})
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "SELECT pg_notify($1, '')", maskingChannel)
		return err
	})
	if err != nil {
		return unavailable(fmt.Errorf("save masking settings: %w", err))
	}
	return nil
}

// MaskedProjects returns the settings of all projects that have any.
func (s *Store) MaskedProjects(ctx context.Context) ([]xray.MaskedProject, error) {
	rows, err := s.pool.Query(ctx, "SELECT project_id, settings, hash_key FROM masking_settings ORDER BY project_id")
	if err != nil {
		return nil, unavailable(fmt.Errorf("read masking settings: %w", err))
	}
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (xray.MaskedProject, error) {
		var p xray.MaskedProject
		var data []byte
		if err := row.Scan(&p.ID, &data, &p.Key); err != nil {
			return p, err
		}
		p.Settings, p.Err = decodeMasking(data)
		return p, nil
	})
	if err != nil {
		return nil, unavailable(fmt.Errorf("read masking settings: %w", err))
	}
	return all, nil
}

const (
	maskingCheck = 3 * time.Second // without any news, how often it is made sure that there are none
	maskingRetry = time.Second
)

// FollowMasking calls changed at once and whenever settings were changed by any
// process, and confirm every few seconds in which they were not, until ctx
// ends. It has a connection of its own, so that reads cannot starve it. While
// the database is away, and after changed fails, it tries again.
func (s *Store) FollowMasking(ctx context.Context, changed func(context.Context) error, confirm func()) error {
	for {
		err := s.followMasking(ctx, changed, confirm)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		s.log.Warn("masking rules cannot be read; soon nothing will be taken until they can", "error", err, "retry", maskingRetry)
		select {
		case <-ctx.Done():
		case <-time.After(maskingRetry):
		}
	}
}

func (s *Store) followMasking(ctx context.Context, changed func(context.Context) error, confirm func()) error {
	conn, err := pgx.ConnectConfig(ctx, s.live.config)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if _, err := conn.Exec(ctx, "LISTEN "+maskingChannel); err != nil {
		return fmt.Errorf("listen for changes: %w", err)
	}
	for seen := ""; ; {
		state, err := maskingState(ctx, conn)
		if err != nil {
			return err
		}
		if state == seen {
			confirm()
		} else if err := changed(ctx); err != nil {
			return err
		}
		seen = state
		if err := waitForNotice(ctx, conn, maskingCheck); err != nil {
			return err
		}
	}
}

// maskingState changes with every change of what [Store.MaskedProjects] returns.
func maskingState(ctx context.Context, conn *pgx.Conn) (state string, err error) {
	err = conn.QueryRow(ctx, `
		SELECT 'all ' || coalesce(string_agg(project_id || '@' || extract(epoch FROM updated_at), ' ' ORDER BY project_id), '')
		FROM masking_settings`).Scan(&state)
	if err != nil {
		return "", fmt.Errorf("look at masking settings: %w", err)
	}
	return state, nil
}

// waitForNotice returns nil when there is one, and when the time is up.
func waitForNotice(ctx context.Context, conn *pgx.Conn, limit time.Duration) error {
	waiting, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	_, err := conn.WaitForNotification(waiting)
	if err != nil && (ctx.Err() != nil || waiting.Err() == nil || conn.IsClosed()) {
		return err
	}
	return nil
}

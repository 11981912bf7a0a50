-- +goose Up

-- What a project watches its executions for, and where that stands.
CREATE TABLE alerts (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    project_id     integer NOT NULL REFERENCES projects ON DELETE CASCADE,
    name           text NOT NULL CHECK (name <> ''),
    query          text NOT NULL,
    aggregate      text NOT NULL,
    window_minutes integer NOT NULL CHECK (window_minutes > 0),
    below          boolean NOT NULL,
    threshold      double precision NOT NULL,
    for_minutes    integer NOT NULL,
    grace_seconds  integer NOT NULL,
    hooks          bigint[] NOT NULL,
    muted_until    timestamptz,
    created_at     timestamptz NOT NULL,
    updated_at     timestamptz NOT NULL,
    -- Where it stands after the window that ended at evaluated (minutes since
    -- 1970; 0: none was looked at), and when the next one is looked at.
    status         text NOT NULL DEFAULT 'ok' CHECK (status IN ('ok', 'pending', 'firing')),
    since          bigint NOT NULL DEFAULT 0,
    told           boolean NOT NULL DEFAULT false,
    value          double precision,
    evaluated      bigint NOT NULL DEFAULT 0,
    next_at        timestamptz NOT NULL,
    error          text NOT NULL DEFAULT '',
    UNIQUE (project_id, name),
    UNIQUE (project_id, id)
);
CREATE INDEX alerts_next ON alerts (next_at);

-- What an alert saw: of each minute what it adds to windows and, where a window
-- that was looked at ends with it, what that was.
CREATE TABLE alert_windows (
    project_id integer NOT NULL,
    alert_id   bigint NOT NULL,
    minute     bigint NOT NULL,
    cell       json NOT NULL,
    evaluated  boolean NOT NULL,
    value      double precision,
    beyond     boolean NOT NULL,
    PRIMARY KEY (project_id, alert_id, minute),
    FOREIGN KEY (project_id, alert_id) REFERENCES alerts (project_id, id) ON DELETE CASCADE
);

-- When alerts fired and when they ceased to.
CREATE TABLE alert_events (
    project_id integer NOT NULL,
    alert_id   bigint NOT NULL,
    id         bigint GENERATED ALWAYS AS IDENTITY,
    window_end bigint NOT NULL,
    fired      boolean NOT NULL,
    value      double precision,
    told       boolean NOT NULL,
    PRIMARY KEY (project_id, alert_id, id),
    UNIQUE (project_id, alert_id, window_end),
    FOREIGN KEY (project_id, alert_id) REFERENCES alerts (project_id, id) ON DELETE CASCADE
);

-- +goose Down
DROP TABLE alert_events;
DROP TABLE alert_windows;
DROP TABLE alerts;

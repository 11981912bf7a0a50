-- +goose Up

-- What seals secrets that have to be read again, where the server was given no
-- key of its own (XRAY_SECRET_KEY).
CREATE TABLE server_keys (
    id         smallint PRIMARY KEY CHECK (id = 1),
    key        bytea NOT NULL CHECK (length(key) = 32),
    created_at timestamptz NOT NULL
);

-- Places outside that are told what happens in a project.
CREATE TABLE webhooks (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    project_id   integer NOT NULL REFERENCES projects ON DELETE CASCADE,
    name         text NOT NULL CHECK (name <> ''),
    kind         text NOT NULL CHECK (kind IN ('webhook', 'slack', 'email')),
    events       text[] NOT NULL,
    query        text NOT NULL,
    sealed       bytea NOT NULL, -- JSON of address and secrets
    paused       boolean NOT NULL DEFAULT false,
    paused_why   text NOT NULL DEFAULT '',
    failures     integer NOT NULL DEFAULT 0, -- attempts in a row
    closed_until timestamptz,                -- nothing is tried before
    dropped      bigint NOT NULL DEFAULT 0,  -- events, because too many waited
    last_ok      timestamptz,
    last_error   timestamptz,
    -- The one job of the queue that works its deliveries off: its ticket (0: there
    -- is none), when it is to begin, and while it tries one, how long at most.
    ticket       bigint NOT NULL DEFAULT 0,
    due_at       timestamptz,
    busy_until   timestamptz,
    created_at   timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL,
    UNIQUE (project_id, name),
    UNIQUE (project_id, id)
);

-- Events on their way to webhooks, and for a while those that have arrived.
CREATE TABLE webhook_deliveries (
    project_id  integer NOT NULL,
    webhook_id  bigint NOT NULL,
    id          bigint GENERATED ALWAYS AS IDENTITY,
    message     uuid NOT NULL,
    event       text NOT NULL,
    fact        text NOT NULL, -- what happened: told once
    subject     text NOT NULL,
    notice      json NOT NULL,
    status      text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'delivered', 'failed')),
    once        boolean NOT NULL DEFAULT false, -- tried at once and never again: somebody looks on
    attempts    integer NOT NULL DEFAULT 0,
    tried       json NOT NULL DEFAULT '[]',
    next_at     timestamptz NOT NULL,
    give_up_at  timestamptz NOT NULL,
    created_at  timestamptz NOT NULL,
    finished_at timestamptz,
    PRIMARY KEY (project_id, webhook_id, id),
    UNIQUE (project_id, webhook_id, fact),
    FOREIGN KEY (project_id, webhook_id) REFERENCES webhooks (project_id, id) ON DELETE CASCADE
);
CREATE INDEX webhook_deliveries_pending ON webhook_deliveries (project_id, webhook_id, next_at) WHERE status = 'pending';

-- +goose Down
DROP TABLE webhook_deliveries;
DROP TABLE webhooks;
DROP TABLE server_keys;

-- +goose Up

-- Whom the server belongs to. There is one; rows of other tables name it so
-- that a server for several would need no other keys.
CREATE TABLE organisations (
    id         integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name       text NOT NULL CHECK (name <> ''),
    created_at timestamptz NOT NULL DEFAULT now()
);
INSERT INTO organisations (name) VALUES ('Our organisation');
ALTER TABLE projects ADD COLUMN organisation_id integer NOT NULL DEFAULT 1 REFERENCES organisations;

CREATE TABLE users (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email         text NOT NULL UNIQUE CHECK (email <> ''), -- lower case
    name          text NOT NULL,
    password      text, -- argon2id as a PHC string; NULL for who signs in elsewhere only
    issuer        text, -- of the linked OpenID Connect identity
    subject       text,
    created_at    timestamptz NOT NULL,
    last_login_at timestamptz,
    UNIQUE (issuer, subject),
    CHECK ((issuer IS NULL) = (subject IS NULL))
);

CREATE TABLE members (
    organisation_id integer NOT NULL REFERENCES organisations ON DELETE CASCADE,
    user_id         bigint NOT NULL REFERENCES users ON DELETE CASCADE,
    role            text NOT NULL CHECK (role IN ('owner', 'admin', 'member', 'viewer', 'none')),
    created_at      timestamptz NOT NULL,
    PRIMARY KEY (organisation_id, user_id)
);

-- The role in a project, where it is not that in the organisation. Read before
-- the caller's project is known.
CREATE TABLE project_members (
    project_id integer NOT NULL REFERENCES projects ON DELETE CASCADE,
    user_id    bigint NOT NULL REFERENCES users ON DELETE CASCADE,
    role       text NOT NULL CHECK (role IN ('admin', 'member', 'viewer', 'none')),
    PRIMARY KEY (project_id, user_id)
);
CREATE INDEX project_members_user ON project_members (user_id);

-- Who is signed in where. Of tokens the SHA-256 is kept. A token is exchanged
-- now and then: next_hash waits until the browser shows that it has the new
-- one; then the old one works for a grace as previous_hash.
CREATE TABLE sessions (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id        bigint NOT NULL REFERENCES users ON DELETE CASCADE,
    method         text NOT NULL CHECK (method IN ('password', 'oidc', 'link')),
    token_hash     bytea NOT NULL UNIQUE CHECK (octet_length(token_hash) = 32),
    token_at       timestamptz NOT NULL,
    next_hash      bytea UNIQUE CHECK (octet_length(next_hash) = 32),
    next_at        timestamptz,
    previous_hash  bytea UNIQUE CHECK (octet_length(previous_hash) = 32),
    previous_until timestamptz,
    agent          text NOT NULL,
    address        text NOT NULL,
    created_at     timestamptz NOT NULL,
    last_seen_at   timestamptz NOT NULL,
    expires_at     timestamptz NOT NULL
);
CREATE INDEX sessions_user ON sessions (user_id);

CREATE TABLE invitations (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    organisation_id integer NOT NULL REFERENCES organisations ON DELETE CASCADE,
    token_hash      bytea NOT NULL UNIQUE CHECK (octet_length(token_hash) = 32),
    email           text NOT NULL CHECK (email <> ''),
    role            text NOT NULL CHECK (role IN ('owner', 'admin', 'member', 'viewer', 'none')),
    project_roles   jsonb NOT NULL DEFAULT '{}', -- project id -> role
    invited_by      text NOT NULL,
    created_at      timestamptz NOT NULL,
    expires_at      timestamptz NOT NULL,
    used_at         timestamptz
);
CREATE INDEX invitations_email ON invitations (email);

-- Links that work once: for the first owner, and for who forgot a password.
CREATE TABLE account_links (
    token_hash bytea PRIMARY KEY CHECK (octet_length(token_hash) = 32),
    kind       text NOT NULL CHECK (kind IN ('setup', 'reset')),
    user_id    bigint REFERENCES users ON DELETE CASCADE,
    expires_at timestamptz NOT NULL,
    CHECK ((kind = 'reset') = (user_id IS NOT NULL))
);

-- +goose Down
DROP TABLE account_links, invitations, sessions, project_members, members, users;
ALTER TABLE projects DROP COLUMN organisation_id;
DROP TABLE organisations;

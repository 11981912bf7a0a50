-- The whole schema as the migrations make it. Written by a test of package store:
-- go test ./store -run Schema -update

table account_links
    token_hash bytea not null
    kind text not null
    user_id bigint
    expires_at timestamp with time zone not null
    CHECK (((kind = 'reset'::text) = (user_id IS NOT NULL)))
    CHECK ((kind = ANY (ARRAY['setup'::text, 'reset'::text])))
    CHECK ((octet_length(token_hash) = 32))
    FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE
    PRIMARY KEY (token_hash)

table alert_events
    project_id integer not null
    alert_id bigint not null
    id bigint not null identity
    window_end bigint not null
    fired boolean not null
    value double precision
    told boolean not null
    FOREIGN KEY (project_id, alert_id) REFERENCES alerts(project_id, id) ON DELETE CASCADE
    PRIMARY KEY (project_id, alert_id, id)
    UNIQUE (project_id, alert_id, window_end)
    CREATE UNIQUE INDEX alert_events_project_id_alert_id_window_end_key ON public.alert_events USING btree (project_id, alert_id, window_end)

table alert_windows
    project_id integer not null
    alert_id bigint not null
    minute bigint not null
    cell json not null
    evaluated boolean not null
    value double precision
    beyond boolean not null
    FOREIGN KEY (project_id, alert_id) REFERENCES alerts(project_id, id) ON DELETE CASCADE
    PRIMARY KEY (project_id, alert_id, minute)

table alerts
    id bigint not null identity
    project_id integer not null
    name text not null
    query text not null
    aggregate text not null
    window_minutes integer not null
    below boolean not null
    threshold double precision not null
    for_minutes integer not null
    grace_seconds integer not null
    hooks bigint[] not null
    muted_until timestamp with time zone
    created_at timestamp with time zone not null
    updated_at timestamp with time zone not null
    status text not null default 'ok'::text
    since bigint not null default 0
    told boolean not null default false
    value double precision
    evaluated bigint not null default 0
    next_at timestamp with time zone not null
    error text not null default ''::text
    CHECK ((name <> ''::text))
    CHECK ((status = ANY (ARRAY['ok'::text, 'pending'::text, 'firing'::text])))
    CHECK ((window_minutes > 0))
    FOREIGN KEY (project_id) REFERENCES projects(id) ON DELETE CASCADE
    PRIMARY KEY (id)
    UNIQUE (project_id, id)
    UNIQUE (project_id, name)
    CREATE INDEX alerts_next ON public.alerts USING btree (next_at)
    CREATE UNIQUE INDEX alerts_project_id_id_key ON public.alerts USING btree (project_id, id)
    CREATE UNIQUE INDEX alerts_project_id_name_key ON public.alerts USING btree (project_id, name)

table api_keys
    id bigint not null identity
    project_id integer not null
    name text not null
    scope text not null
    prefix text not null
    hash bytea not null
    created_at timestamp with time zone not null default now()
    expires_at timestamp with time zone
    revoked_at timestamp with time zone
    last_used_at timestamp with time zone
    replaces bigint
    family bigint
    CHECK ((octet_length(hash) = 32))
    CHECK ((scope = ANY (ARRAY['ingest'::text, 'read'::text, 'admin'::text])))
    FOREIGN KEY (project_id) REFERENCES projects(id) ON DELETE CASCADE
    FOREIGN KEY (replaces) REFERENCES api_keys(id) ON DELETE SET NULL
    PRIMARY KEY (id)
    UNIQUE (hash)
    CREATE INDEX api_keys_project ON public.api_keys USING btree (project_id, created_at)
    CREATE UNIQUE INDEX api_keys_hash_key ON public.api_keys USING btree (hash)
    CREATE UNIQUE INDEX api_keys_replaces ON public.api_keys USING btree (replaces)

table audit_log
    id bigint not null identity
    project_id integer
    at timestamp with time zone not null
    actor text not null
    actor_id text not null default ''::text
    actor_name text not null default ''::text
    address text not null default ''::text
    verb text not null
    object text not null default ''::text
    detail json
    CHECK ((actor = ANY (ARRAY['user'::text, 'key'::text, 'master'::text, 'local'::text, 'cli'::text, 'server'::text])))
    CHECK ((verb <> ''::text))
    PRIMARY KEY (id)
    CREATE INDEX audit_log_newest ON public.audit_log USING btree (project_id, id DESC)

table executions with (fillfactor=90)
    start_nano bigint not null
    end_nano bigint not null
    first_segment bigint not null
    last_segment bigint not null
    input_tokens bigint
    output_tokens bigint
    cost_usd double precision
    trace_id uuid not null
    project_id integer not null
    step_count integer not null
    error_count integer not null
    status smallint not null
    has_root boolean not null
    has_payload boolean not null
    cost_partial boolean not null
    name text not null
    service text not null
    execution_id text not null default ''::text
    session_id text not null default ''::text
    user_id text not null default ''::text
    environment text not null default ''::text
    release text not null default ''::text
    headline text not null default ''::text
    models text[]
    tags text[]
    funnel bigint[]
    hints json
    CHECK ((status = ANY (ARRAY[0, 1, 2])))
    PRIMARY KEY (project_id, trace_id)
    CREATE INDEX executions_100ms ON public.executions USING btree (project_id, start_nano, trace_id) WHERE ((end_nano - start_nano) >= 100000000)
    CREATE INDEX executions_100s ON public.executions USING btree (project_id, start_nano, trace_id) WHERE ((end_nano - start_nano) >= '100000000000'::bigint)
    CREATE INDEX executions_10s ON public.executions USING btree (project_id, start_nano, trace_id) WHERE ((end_nano - start_nano) >= '10000000000'::bigint)
    CREATE INDEX executions_1s ON public.executions USING btree (project_id, start_nano, trace_id) WHERE ((end_nano - start_nano) >= 1000000000)
    CREATE INDEX executions_arrival ON public.executions USING brin (first_segment) WITH (pages_per_range='32', autosummarize='on')
    CREATE INDEX executions_errors ON public.executions USING btree (project_id, start_nano, trace_id) WHERE (status = 2)
    CREATE INDEX executions_name ON public.executions USING btree (project_id, name, start_nano, trace_id)
    CREATE INDEX executions_newest ON public.executions USING btree (project_id, start_nano, trace_id)
    CREATE INDEX executions_own_id ON public.executions USING btree (project_id, execution_id, start_nano) WHERE (execution_id <> ''::text)
    CREATE INDEX executions_running ON public.executions USING btree (project_id, start_nano, trace_id) WHERE (status = 0)
    CREATE INDEX executions_service ON public.executions USING btree (project_id, service, start_nano, trace_id)
    CREATE INDEX executions_session ON public.executions USING btree (project_id, session_id, start_nano, trace_id) WHERE (session_id <> ''::text)
    CREATE INDEX executions_user ON public.executions USING btree (project_id, user_id, start_nano, trace_id) WHERE (user_id <> ''::text)

table facts
    project_id integer not null
    trace_id uuid not null
    facts json not null
    profile json
    stations json
    name text not null default ''::text
    start_nano bigint not null default 0
    PRIMARY KEY (project_id, trace_id)
    CREATE INDEX facts_history ON public.facts USING btree (project_id, name, start_nano, trace_id) WHERE (profile IS NOT NULL)

table ignored_paths
    project_id integer not null
    name text not null
    paths text[] not null
    FOREIGN KEY (project_id) REFERENCES projects(id) ON DELETE CASCADE
    PRIMARY KEY (project_id, name)

table ingest_days with (fillfactor=70)
    project_id integer not null
    day date not null
    family bigint not null
    bytes bigint not null
    FOREIGN KEY (project_id) REFERENCES projects(id) ON DELETE CASCADE
    PRIMARY KEY (project_id, day, family)

table ingest_log with (fillfactor=70)
    project_id integer not null
    minute bigint not null
    family bigint not null
    reason text not null
    requests bigint not null
    records bigint not null
    bytes bigint not null
    error text not null
    at timestamp with time zone not null
    FOREIGN KEY (project_id) REFERENCES projects(id) ON DELETE CASCADE
    PRIMARY KEY (project_id, minute, family, reason)
    CREATE INDEX ingest_log_minute ON public.ingest_log USING btree (minute)

table invitations
    id bigint not null identity
    organisation_id integer not null
    token_hash bytea not null
    email text not null
    role text not null
    project_roles jsonb not null default '{}'::jsonb
    invited_by text not null
    created_at timestamp with time zone not null
    expires_at timestamp with time zone not null
    used_at timestamp with time zone
    CHECK ((email <> ''::text))
    CHECK ((role = ANY (ARRAY['owner'::text, 'admin'::text, 'member'::text, 'viewer'::text, 'none'::text])))
    CHECK ((octet_length(token_hash) = 32))
    FOREIGN KEY (organisation_id) REFERENCES organisations(id) ON DELETE CASCADE
    PRIMARY KEY (id)
    UNIQUE (token_hash)
    CREATE INDEX invitations_email ON public.invitations USING btree (email)
    CREATE UNIQUE INDEX invitations_token_hash_key ON public.invitations USING btree (token_hash)

table limit_uses with (fillfactor=50)
    project_id integer not null
    family bigint not null
    instance text not null
    requests bigint not null
    bytes bigint not null
    seen_at timestamp with time zone not null
    FOREIGN KEY (project_id) REFERENCES projects(id) ON DELETE CASCADE
    PRIMARY KEY (project_id, family, instance)

table limits
    project_id integer not null
    family bigint not null
    requests_per_second double precision not null
    bytes_per_second bigint not null
    burst_seconds double precision not null
    bytes_per_day bigint not null
    max_request_bytes bigint not null
    CHECK ((burst_seconds >= (0)::double precision))
    CHECK ((bytes_per_day >= 0))
    CHECK ((bytes_per_second >= 0))
    CHECK ((max_request_bytes >= 0))
    CHECK ((requests_per_second >= (0)::double precision))
    FOREIGN KEY (project_id) REFERENCES projects(id) ON DELETE CASCADE
    PRIMARY KEY (project_id, family)

table log_refs partitioned by RANGE (segment)
    segment bigint not null
    span_id bigint not null
    trace_id uuid not null
    project_id integer not null
    ordinal integer not null
    CREATE INDEX log_refs_trace ON ONLY public.log_refs USING btree (project_id, trace_id)

table masking_settings
    project_id integer not null
    settings json not null
    hash_key bytea not null
    updated_at timestamp with time zone not null
    CHECK ((length(hash_key) = 32))
    FOREIGN KEY (project_id) REFERENCES projects(id) ON DELETE CASCADE
    PRIMARY KEY (project_id)

table members
    organisation_id integer not null
    user_id bigint not null
    role text not null
    created_at timestamp with time zone not null
    CHECK ((role = ANY (ARRAY['owner'::text, 'admin'::text, 'member'::text, 'viewer'::text, 'none'::text])))
    FOREIGN KEY (organisation_id) REFERENCES organisations(id) ON DELETE CASCADE
    FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE
    PRIMARY KEY (organisation_id, user_id)

table model_calls
    id bigint not null identity
    project_id integer not null
    trace_id uuid not null
    task text not null
    model text not null
    prompt_hash bytea not null
    prompt_bytes bigint not null
    input_tokens bigint not null default 0
    output_tokens bigint not null default 0
    cost_usd double precision
    outcome text not null
    created_at timestamp with time zone not null
    ended_at timestamp with time zone
    worker integer
    CHECK ((length(prompt_hash) = 32))
    FOREIGN KEY (project_id) REFERENCES projects(id) ON DELETE CASCADE
    PRIMARY KEY (id)
    CREATE INDEX model_calls_open ON public.model_calls USING btree (project_id) WHERE (outcome = 'open'::text)
    CREATE INDEX model_calls_project ON public.model_calls USING btree (project_id, created_at)

table model_processes
    worker integer not null
    endpoint text not null
    seen_at timestamp with time zone not null
    PRIMARY KEY (worker, endpoint)

table notes
    project_id integer not null
    id bigint not null identity
    trace_id uuid not null
    step_id bigint not null
    text text not null
    author text not null
    user_id bigint not null
    created_at timestamp with time zone not null
    updated_at timestamp with time zone not null
    CHECK ((text <> ''::text))
    FOREIGN KEY (project_id) REFERENCES projects(id) ON DELETE CASCADE
    PRIMARY KEY (project_id, id)
    CREATE INDEX notes_execution ON public.notes USING btree (project_id, trace_id)

table organisations
    id integer not null identity
    name text not null
    created_at timestamp with time zone not null default now()
    CHECK ((name <> ''::text))
    PRIMARY KEY (id)

table price_tables
    project_id integer
    version text not null
    data json not null
    updated_at timestamp with time zone not null
    FOREIGN KEY (project_id) REFERENCES projects(id) ON DELETE CASCADE
    UNIQUE NULLS NOT DISTINCT (project_id)
    CREATE UNIQUE INDEX price_tables_project_id_key ON public.price_tables USING btree (project_id) NULLS NOT DISTINCT

table project_members
    project_id integer not null
    user_id bigint not null
    role text not null
    CHECK ((role = ANY (ARRAY['admin'::text, 'member'::text, 'viewer'::text, 'none'::text])))
    FOREIGN KEY (project_id) REFERENCES projects(id) ON DELETE CASCADE
    FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE
    PRIMARY KEY (project_id, user_id)
    CREATE INDEX project_members_user ON public.project_members USING btree (user_id)

table projects
    id integer not null identity
    slug text not null
    created_at timestamp with time zone not null default now()
    payload_days integer not null default 30
    structure_days integer not null default 90
    organisation_id integer not null default 1
    CHECK ((((payload_days >= 1) AND (payload_days <= structure_days)) AND (structure_days <= 36500)))
    CHECK ((slug ~ '^[a-z0-9][a-z0-9._-]{0,62}$'::text))
    FOREIGN KEY (organisation_id) REFERENCES organisations(id)
    PRIMARY KEY (id)
    UNIQUE (slug)
    CREATE UNIQUE INDEX projects_slug_key ON public.projects USING btree (slug)

table reasoning_answers
    project_id integer not null
    key bytea not null
    answer text not null
    created_at timestamp with time zone not null
    CHECK ((length(key) = 32))
    FOREIGN KEY (project_id) REFERENCES projects(id) ON DELETE CASCADE
    PRIMARY KEY (project_id, key)
    CREATE INDEX reasoning_answers_age ON public.reasoning_answers USING btree (project_id, created_at DESC)

table reasoning_jobs
    id bigint not null identity
    project_id integer not null
    trace_id uuid not null
    step_id bigint not null
    status text not null
    attempts integer not null default 0
    error text not null default ''::text
    model text not null default ''::text
    input_tokens bigint not null default 0
    output_tokens bigint not null default 0
    cost_usd double precision
    stale boolean not null default false
    ticket bigint not null
    worker integer
    created_at timestamp with time zone not null
    updated_at timestamp with time zone not null
    finished_at timestamp with time zone
    facts_only boolean not null default false
    asked boolean not null default false
    parked boolean not null default false
    prompt_version text not null default ''::text
    content bytea
    queue text not null default 'explain'::text
    CHECK ((length(content) = 32))
    CHECK ((status = ANY (ARRAY['pending'::text, 'processing'::text, 'completed'::text, 'failed'::text])))
    PRIMARY KEY (id)
    CREATE INDEX reasoning_jobs_execution ON public.reasoning_jobs USING btree (project_id, trace_id, id)
    CREATE INDEX reasoning_jobs_parked ON public.reasoning_jobs USING btree (project_id, asked DESC, id) WHERE parked
    CREATE INDEX reasoning_jobs_processing ON public.reasoning_jobs USING btree (worker) WHERE (status = 'processing'::text)
    CREATE INDEX reasoning_jobs_queued ON public.reasoning_jobs USING btree (queue, id) WHERE ((status = 'pending'::text) AND (queue <> 'explain'::text))
    CREATE INDEX reasoning_jobs_waiting ON public.reasoning_jobs USING btree (status, created_at) WHERE (status = ANY (ARRAY['pending'::text, 'processing'::text]))
    CREATE UNIQUE INDEX reasoning_jobs_once ON public.reasoning_jobs USING btree (project_id, trace_id, step_id, prompt_version, content) WHERE (content IS NOT NULL)
    CREATE UNIQUE INDEX reasoning_jobs_open ON public.reasoning_jobs USING btree (project_id, trace_id, step_id) WHERE (status = ANY (ARRAY['pending'::text, 'processing'::text]))

table reasoning_settings
    project_id integer not null
    policy text not null
    sample_percent double precision not null
    daily_cap_usd double precision
    monthly_cap_usd double precision
    updated_at timestamp with time zone not null
    concurrency integer not null default 0
    model text not null default ''::text
    base_url text not null default ''::text
    CHECK ((length(base_url) <= 2000))
    CHECK (((concurrency >= 0) AND (concurrency <= 64)))
    CHECK ((daily_cap_usd >= (0)::double precision))
    CHECK ((length(model) <= 200))
    CHECK ((monthly_cap_usd >= (0)::double precision))
    CHECK ((policy = ANY (ARRAY['default'::text, 'off'::text, 'on_demand'::text, 'failures'::text, 'sample'::text, 'all'::text])))
    CHECK (((sample_percent >= (0)::double precision) AND (sample_percent <= (100)::double precision)))
    FOREIGN KEY (project_id) REFERENCES projects(id) ON DELETE CASCADE
    PRIMARY KEY (project_id)

table reasoning_spend
    project_id integer not null
    day date not null
    calls bigint not null default 0
    unpriced bigint not null default 0
    input_tokens bigint not null default 0
    output_tokens bigint not null default 0
    usd double precision not null default 0
    FOREIGN KEY (project_id) REFERENCES projects(id) ON DELETE CASCADE
    PRIMARY KEY (project_id, day)

table reasonings
    project_id integer not null
    trace_id uuid not null
    step_id bigint not null
    source text not null
    headline text not null
    claims json not null
    decisive_steps text[] not null
    missing text[] not null
    confidence text not null
    model text not null
    prompt_version text not null
    verifier_version text not null
    verified_rate double precision not null
    input_tokens bigint not null
    output_tokens bigint not null
    cost_usd double precision
    created_at timestamp with time zone not null
    segment bigint not null default 0
    steps integer not null default 0
    record bytea
    CHECK ((confidence = ANY (ARRAY[''::text, 'low'::text, 'medium'::text, 'high'::text])))
    CHECK ((length(record) = 32))
    CHECK ((source = ANY (ARRAY['facts'::text, 'model'::text])))
    PRIMARY KEY (project_id, trace_id, step_id)

table requests partitioned by RANGE (day)
    day date not null
    project_id integer not null
    hash uuid not null
    PRIMARY KEY (day, project_id, hash)

table rollup_log with (autovacuum_vacuum_scale_factor=0.02)
    id bigint not null identity
    project_id integer not null
    delta bytea not null
    PRIMARY KEY (id)

table rollups with (fillfactor=70)
    bucket bigint not null
    touched integer not null
    project_id integer not null
    minutes smallint not null
    name text not null
    step text not null
    count bigint not null
    errors bigint not null
    input_tokens bigint not null
    output_tokens bigint not null
    cost_nano bigint not null
    durations bytea not null
    CHECK ((minutes = ANY (ARRAY[1, 60, 1440])))
    PRIMARY KEY (project_id, name, minutes, bucket, step)
    CREATE INDEX rollups_pipelines ON public.rollups USING btree (project_id, minutes, bucket) WHERE (step = ''::text)

table scores
    project_id integer not null
    id bigint not null identity
    trace_id uuid
    execution_id text not null
    step_id bigint not null
    claim text not null
    name text not null
    kind text not null
    number double precision
    category text
    comment text not null
    source text not null
    author text not null
    user_id bigint not null
    client_id text not null
    at timestamp with time zone not null
    CHECK (((trace_id IS NULL) = (execution_id <> ''::text)))
    CHECK (((kind = 'category'::text) = (number IS NULL)))
    CHECK (((kind = 'category'::text) = (category IS NOT NULL)))
    CHECK ((kind = ANY (ARRAY['number'::text, 'boolean'::text, 'category'::text])))
    CHECK ((name <> ''::text))
    CHECK ((source = ANY (ARRAY['human'::text, 'api'::text, 'sdk'::text])))
    FOREIGN KEY (project_id) REFERENCES projects(id) ON DELETE CASCADE
    PRIMARY KEY (project_id, id)
    CREATE INDEX scores_category ON public.scores USING btree (project_id, name, category, trace_id) WHERE (category IS NOT NULL)
    CREATE INDEX scores_execution ON public.scores USING btree (project_id, trace_id, name) WHERE (trace_id IS NOT NULL)
    CREATE INDEX scores_number ON public.scores USING btree (project_id, name, number, trace_id) WHERE (number IS NOT NULL)
    CREATE INDEX scores_waiting ON public.scores USING btree (project_id, execution_id) WHERE (trace_id IS NULL)
    CREATE INDEX scores_waiting_newest ON public.scores USING btree (id) WHERE (trace_id IS NULL)
    CREATE UNIQUE INDEX scores_client_id ON public.scores USING btree (project_id, client_id) WHERE (client_id <> ''::text)

table segments partitioned by RANGE (id)
    id bigint not null
    project_id integer not null
    signal smallint not null
    records integer not null
    raw_bytes integer not null
    data bytea not null
    CHECK ((raw_bytes >= 0))
    CHECK ((records >= 0))
    CHECK ((signal = ANY (ARRAY[1, 2])))
    PRIMARY KEY (id)

table server_keys
    id smallint not null
    key bytea not null
    created_at timestamp with time zone not null
    CHECK ((id = 1))
    CHECK ((length(key) = 32))
    PRIMARY KEY (id)

table sessions
    id bigint not null identity
    user_id bigint not null
    method text not null
    token_hash bytea not null
    token_at timestamp with time zone not null
    next_hash bytea
    next_at timestamp with time zone
    previous_hash bytea
    previous_until timestamp with time zone
    agent text not null
    address text not null
    created_at timestamp with time zone not null
    last_seen_at timestamp with time zone not null
    expires_at timestamp with time zone not null
    CHECK ((method = ANY (ARRAY['password'::text, 'oidc'::text, 'link'::text])))
    CHECK ((octet_length(next_hash) = 32))
    CHECK ((octet_length(previous_hash) = 32))
    CHECK ((octet_length(token_hash) = 32))
    FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE
    PRIMARY KEY (id)
    UNIQUE (next_hash)
    UNIQUE (previous_hash)
    UNIQUE (token_hash)
    CREATE INDEX sessions_user ON public.sessions USING btree (user_id)
    CREATE UNIQUE INDEX sessions_next_hash_key ON public.sessions USING btree (next_hash)
    CREATE UNIQUE INDEX sessions_previous_hash_key ON public.sessions USING btree (previous_hash)
    CREATE UNIQUE INDEX sessions_token_hash_key ON public.sessions USING btree (token_hash)

table steps partitioned by RANGE (segment)
    segment bigint not null
    trace_id uuid not null
    project_id integer not null
    steps integer not null
    data bytea not null
    CHECK ((steps > 0))
    CREATE INDEX steps_trace ON ONLY public.steps USING btree (project_id, trace_id)

table term_runs partitioned by RANGE (id)
    id bigint not null
    postings bigint not null
    segments bytea not null
    traces bytea not null
    PRIMARY KEY (id)

table terms partitioned by RANGE (run)
    run bigint not null
    bucket integer not null
    data bytea not null
    CREATE INDEX terms_bucket ON ONLY public.terms USING btree (bucket)

table unexplained with (autovacuum_vacuum_scale_factor=0.02)
    segment bigint not null
    trace_id uuid not null
    project_id integer not null
    PRIMARY KEY (segment, project_id, trace_id)

table unindexed with (autovacuum_vacuum_scale_factor=0.02)
    segment bigint not null
    project_id integer not null
    PRIMARY KEY (segment)

table unsettled with (fillfactor=70, autovacuum_vacuum_scale_factor=0.02)
    project_id integer not null
    trace_id uuid not null
    last_segment bigint not null
    arrived_nano bigint not null
    PRIMARY KEY (project_id, trace_id)

table users
    id bigint not null identity
    email text not null
    name text not null
    password text
    issuer text
    subject text
    created_at timestamp with time zone not null
    last_login_at timestamp with time zone
    CHECK (((issuer IS NULL) = (subject IS NULL)))
    CHECK ((email <> ''::text))
    PRIMARY KEY (id)
    UNIQUE (email)
    UNIQUE (issuer, subject)
    CREATE UNIQUE INDEX users_email_key ON public.users USING btree (email)
    CREATE UNIQUE INDEX users_issuer_subject_key ON public.users USING btree (issuer, subject)

table views
    id bigint not null identity
    project_id integer not null
    name text not null
    query text not null
    columns text[] not null
    range text not null
    sort text not null
    updated_at timestamp with time zone not null
    CHECK ((name <> ''::text))
    FOREIGN KEY (project_id) REFERENCES projects(id) ON DELETE CASCADE
    PRIMARY KEY (id)
    UNIQUE (project_id, name)
    CREATE UNIQUE INDEX views_project_id_name_key ON public.views USING btree (project_id, name)

table webhook_deliveries
    project_id integer not null
    webhook_id bigint not null
    id bigint not null identity
    message uuid not null
    event text not null
    fact text not null
    subject text not null
    notice json not null
    status text not null default 'pending'::text
    once boolean not null default false
    attempts integer not null default 0
    tried json not null default '[]'::json
    next_at timestamp with time zone not null
    give_up_at timestamp with time zone not null
    created_at timestamp with time zone not null
    finished_at timestamp with time zone
    CHECK ((status = ANY (ARRAY['pending'::text, 'delivered'::text, 'failed'::text])))
    FOREIGN KEY (project_id, webhook_id) REFERENCES webhooks(project_id, id) ON DELETE CASCADE
    PRIMARY KEY (project_id, webhook_id, id)
    UNIQUE (project_id, webhook_id, fact)
    CREATE INDEX webhook_deliveries_pending ON public.webhook_deliveries USING btree (project_id, webhook_id, next_at) WHERE (status = 'pending'::text)
    CREATE UNIQUE INDEX webhook_deliveries_project_id_webhook_id_fact_key ON public.webhook_deliveries USING btree (project_id, webhook_id, fact)

table webhooks
    id bigint not null identity
    project_id integer not null
    name text not null
    kind text not null
    events text[] not null
    query text not null
    sealed bytea not null
    paused boolean not null default false
    paused_why text not null default ''::text
    failures integer not null default 0
    closed_until timestamp with time zone
    dropped bigint not null default 0
    last_ok timestamp with time zone
    last_error timestamp with time zone
    ticket bigint not null default 0
    due_at timestamp with time zone
    busy_until timestamp with time zone
    created_at timestamp with time zone not null
    updated_at timestamp with time zone not null
    CHECK ((kind = ANY (ARRAY['webhook'::text, 'slack'::text, 'email'::text])))
    CHECK ((name <> ''::text))
    FOREIGN KEY (project_id) REFERENCES projects(id) ON DELETE CASCADE
    PRIMARY KEY (id)
    UNIQUE (project_id, id)
    UNIQUE (project_id, name)
    CREATE UNIQUE INDEX webhooks_project_id_id_key ON public.webhooks USING btree (project_id, id)
    CREATE UNIQUE INDEX webhooks_project_id_name_key ON public.webhooks USING btree (project_id, name)

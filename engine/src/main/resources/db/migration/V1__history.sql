-- The history of dagkeeper.
--
-- run, step, attempt, event and log_chunk are partitioned by run id. Run ids are UUIDv7, so a range of ids is a range of
-- creation times, and retention is a DROP of whole months. No foreign key points at or from these tables: it would make
-- that DROP a scan, and lock a shared row at every insert.
--
-- Values that Postgres only keeps are json, not jsonb: json returns exactly what was stored (order of keys, every number,
-- the character U+0000), and is cheaper to write.

-- Workflows ---------------------------------------------------------------------------------------------------------

CREATE TABLE file_content (
    sha256     text        PRIMARY KEY CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    size       integer     NOT NULL CHECK (size BETWEEN 0 AND 33554432),
    content    bytea       NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE file_content IS 'Contents of the files that workflows ship, each stored once';
COMMENT ON COLUMN file_content.sha256 IS 'SHA-256 of the content in lower-case hexadecimal digits';
COMMENT ON COLUMN file_content.size IS 'Bytes of the content';
COMMENT ON COLUMN file_content.content IS 'The bytes';
COMMENT ON COLUMN file_content.created_at IS 'When it was first stored';

CREATE TABLE workflow (
    id                bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    namespace         text        NOT NULL,
    name              text        NOT NULL,
    deployed_revision integer,
    created_at        timestamptz NOT NULL DEFAULT now(),
    UNIQUE (namespace, name)
);
COMMENT ON TABLE workflow IS 'A workflow by its name; it exists from its first revision on';
COMMENT ON COLUMN workflow.id IS 'Internal id';
COMMENT ON COLUMN workflow.namespace IS 'Where the name is unique';
COMMENT ON COLUMN workflow.name IS 'The name in the YAML source';
COMMENT ON COLUMN workflow.deployed_revision IS 'Number of the revision that the name means; null while only ad-hoc runs used it';
COMMENT ON COLUMN workflow.created_at IS 'When its first revision was stored';

CREATE TABLE workflow_revision (
    id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    workflow_id bigint      NOT NULL REFERENCES workflow (id),
    number      integer     NOT NULL CHECK (number >= 1),
    hash        text        NOT NULL CHECK (hash ~ '^[0-9a-f]{64}$'),
    source      text        NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    UNIQUE (workflow_id, number),
    UNIQUE (workflow_id, hash)
);
COMMENT ON TABLE workflow_revision IS 'One content of a workflow; never changes';
COMMENT ON COLUMN workflow_revision.id IS 'What runs are pinned to';
COMMENT ON COLUMN workflow_revision.workflow_id IS 'The workflow';
COMMENT ON COLUMN workflow_revision.number IS 'From 1 within the workflow, in order of storing';
COMMENT ON COLUMN workflow_revision.hash IS 'SHA-256 of the source and of the list of files: the same content is the same revision';
COMMENT ON COLUMN workflow_revision.source IS 'The YAML text as written';
COMMENT ON COLUMN workflow_revision.created_at IS 'When it was stored';

CREATE TABLE revision_file (
    revision_id bigint  NOT NULL REFERENCES workflow_revision (id),
    path        text    NOT NULL,
    sha256      text    NOT NULL REFERENCES file_content (sha256),
    executable  boolean NOT NULL,
    PRIMARY KEY (revision_id, path)
);
COMMENT ON TABLE revision_file IS 'The files of a revision';
COMMENT ON COLUMN revision_file.revision_id IS 'The revision';
COMMENT ON COLUMN revision_file.path IS 'Relative to the YAML file, with /';
COMMENT ON COLUMN revision_file.sha256 IS 'The content';
COMMENT ON COLUMN revision_file.executable IS 'Whether its owner may execute it';

-- Runs --------------------------------------------------------------------------------------------------------------

CREATE TABLE run (
    id             uuid        PRIMARY KEY,
    revision_id    bigint      NOT NULL,
    namespace      text        NOT NULL,
    workflow       text        NOT NULL,
    revision       integer     NOT NULL,
    trigger        text        NOT NULL,
    nominal_time   timestamptz NOT NULL,
    interval_start timestamptz NOT NULL,
    interval_end   timestamptz NOT NULL,
    priority       smallint    NOT NULL CHECK (priority BETWEEN -100 AND 100),
    inputs         json        NOT NULL,
    labels         jsonb       NOT NULL,
    created_at     timestamptz NOT NULL,
    due_at         timestamptz,
    state          text        NOT NULL DEFAULT 'queued' CHECK (state IN (
        'queued', 'running', 'paused', 'cancelling', 'succeeded', 'warned', 'failed', 'cancelled', 'skipped')),
    reason         text        NOT NULL DEFAULT '',
    verdict        text        CHECK (verdict IN ('succeeded', 'warned', 'failed', 'cancelled', 'skipped')),
    started_at     timestamptz,
    ended_at       timestamptz,
    outputs        json
) PARTITION BY RANGE (id);
COMMENT ON TABLE run IS 'One execution of a workflow revision. Inserted by the api, changed by the leader only; a final state never changes';
COMMENT ON COLUMN run.id IS 'UUIDv7 from the moment of creation';
COMMENT ON COLUMN run.revision_id IS 'The workflow_revision it is pinned to';
COMMENT ON COLUMN run.namespace IS 'The workflow''s namespace';
COMMENT ON COLUMN run.workflow IS 'The workflow''s name';
COMMENT ON COLUMN run.revision IS 'The revision''s number within the workflow';
COMMENT ON COLUMN run.trigger IS 'The trigger that created it; empty for a manual run';
COMMENT ON COLUMN run.nominal_time IS 'The fire it was created for; for a manual run its creation';
COMMENT ON COLUMN run.interval_start IS 'Start of the data interval, inclusive';
COMMENT ON COLUMN run.interval_end IS 'End of the data interval, exclusive';
COMMENT ON COLUMN run.priority IS 'Higher first';
COMMENT ON COLUMN run.inputs IS 'Bound and checked inputs by name';
COMMENT ON COLUMN run.labels IS 'Key-values to list by';
COMMENT ON COLUMN run.created_at IS 'When it was created';
COMMENT ON COLUMN run.due_at IS 'When its timeout strikes';
COMMENT ON COLUMN run.state IS 'As users see it';
COMMENT ON COLUMN run.reason IS 'In words: what it waits for, or why it ended so';
COMMENT ON COLUMN run.verdict IS 'What it will end as, once that is fixed; hooks may still run';
COMMENT ON COLUMN run.started_at IS 'When the leader took it up';
COMMENT ON COLUMN run.ended_at IS 'When its state became final';
COMMENT ON COLUMN run.outputs IS 'Its outputs by name, computed when the main steps are over';
-- Lists, newest first: each is asked state by state, so that a rare state of a busy workflow is found at once. The first
-- index also finds the unfinished runs for the leader.
CREATE INDEX run_state ON run (state, id);
CREATE INDEX run_workflow ON run (workflow, state, id);
CREATE INDEX run_namespace ON run (namespace, state, id);
-- Runs without labels, the usual case, cost this index nothing.
CREATE INDEX run_labels ON run USING gin (labels jsonb_path_ops) WHERE labels <> '{}';

CREATE TABLE step (
    run_id            uuid        NOT NULL,
    step              integer     NOT NULL CHECK (step >= 0),
    index             integer     NOT NULL DEFAULT -1 CHECK (index >= -1),
    step_id           text        NOT NULL,
    state             text        NOT NULL DEFAULT 'pending' CHECK (state IN (
        'pending', 'blocked', 'queued', 'running', 'waiting',
        'succeeded', 'warned', 'failed', 'timed-out', 'skipped', 'upstream-failed', 'cancelled')),
    reason            text        NOT NULL DEFAULT '',
    claim             integer     NOT NULL DEFAULT 1 CHECK (claim >= 1),
    attempt           integer     NOT NULL DEFAULT 1 CHECK (attempt >= 1),
    lost              integer     NOT NULL DEFAULT 0 CHECK (lost >= 0),
    worker            text,
    started_at        timestamptz,
    ended_at          timestamptz,
    due_at            timestamptz,
    item              json,
    report            text        CHECK (report IN ('succeeded', 'failed', 'timed-out', 'cancelled', 'ask-again')),
    exit_code         integer,
    error_kind        text,
    error             text,
    retryable         boolean,
    outputs           json,
    resume_state      json,
    ask_again_at      timestamptz,
    report_worker     text,
    report_started_at timestamptz,
    report_ended_at   timestamptz,
    PRIMARY KEY (run_id, step, index)
) PARTITION BY RANGE (run_id);
COMMENT ON TABLE step IS 'One row a step instance. One writer a column: workers write the report under their claim, the leader everything else. No index but the key, so that updates stay within their page (HOT)';
COMMENT ON COLUMN step.run_id IS 'The run';
COMMENT ON COLUMN step.step IS 'Ordinal of the step in its workflow; hooks follow the main steps';
COMMENT ON COLUMN step.index IS 'The item of a foreach, from 0; -1 for the step itself';
COMMENT ON COLUMN step.step_id IS 'The name users see; for a hook with its map before it';
COMMENT ON COLUMN step.state IS 'As users see it; a final state never changes';
COMMENT ON COLUMN step.reason IS 'In words: what it waits for and who holds it, or why it ended so';
COMMENT ON COLUMN step.claim IS 'The fence: raised at every dispatch after the first; a report counts only under the current claim';
COMMENT ON COLUMN step.attempt IS 'The user''s count, from 1';
COMMENT ON COLUMN step.lost IS 'Claims lost in a row without their worker coming back';
COMMENT ON COLUMN step.worker IS 'Who has it, as the leader knows';
COMMENT ON COLUMN step.started_at IS 'When the leader heard that the attempt runs';
COMMENT ON COLUMN step.ended_at IS 'When it became final without a report';
COMMENT ON COLUMN step.due_at IS 'When a waiting instance is looked at again';
COMMENT ON COLUMN step.item IS 'The item of a foreach instance';
COMMENT ON COLUMN step.report IS 'What the worker recorded for the current claim; present and the state not final: recorded but not decided';
COMMENT ON COLUMN step.exit_code IS 'Report: of the process; 128 + n for signal n';
COMMENT ON COLUMN step.error_kind IS 'Report: short and stable kind of failure';
COMMENT ON COLUMN step.error IS 'Report: the failure in words, or why it asks again';
COMMENT ON COLUMN step.retryable IS 'Report: false when another attempt cannot help';
COMMENT ON COLUMN step.outputs IS 'Report: outputs by name';
COMMENT ON COLUMN step.resume_state IS 'Report: what an ask-again wants to see next time; kept when the claim is raised, until the next attempt';
COMMENT ON COLUMN step.ask_again_at IS 'Report: when an ask-again is due';
COMMENT ON COLUMN step.report_worker IS 'Report: who recorded it';
COMMENT ON COLUMN step.report_started_at IS 'Report: when the attempt started';
COMMENT ON COLUMN step.report_ended_at IS 'Report: when the attempt ended';

CREATE TABLE attempt (
    run_id     uuid        NOT NULL,
    step       integer     NOT NULL,
    index      integer     NOT NULL,
    claim      integer     NOT NULL,
    attempt    integer     NOT NULL,
    result     text        NOT NULL CHECK (result IN ('succeeded', 'failed', 'timed-out', 'cancelled', 'ask-again', 'lost')),
    worker     text,
    started_at timestamptz,
    ended_at   timestamptz NOT NULL,
    exit_code  integer,
    error_kind text,
    error      text,
    PRIMARY KEY (run_id, step, index, claim)
) PARTITION BY RANGE (run_id);
COMMENT ON TABLE attempt IS 'One row a claim that ended; append only. Written with the report, or by the leader when the claim was lost';
COMMENT ON COLUMN attempt.run_id IS 'The run';
COMMENT ON COLUMN attempt.step IS 'Ordinal of the step';
COMMENT ON COLUMN attempt.index IS 'The item of a foreach; -1 for the step itself';
COMMENT ON COLUMN attempt.claim IS 'The claim under which it ran';
COMMENT ON COLUMN attempt.attempt IS 'The user''s count, from 1; a lost claim and the next share it';
COMMENT ON COLUMN attempt.result IS 'What it came to';
COMMENT ON COLUMN attempt.worker IS 'Who ran it';
COMMENT ON COLUMN attempt.started_at IS 'When it started; null when a lost claim is not known to have';
COMMENT ON COLUMN attempt.ended_at IS 'When it ended, or was found lost';
COMMENT ON COLUMN attempt.exit_code IS 'Of the process; 128 + n for signal n';
COMMENT ON COLUMN attempt.error_kind IS 'Short and stable kind of failure';
COMMENT ON COLUMN attempt.error IS 'The failure in words';

CREATE TABLE event (
    run_id     uuid        NOT NULL,
    seq        bigint      NOT NULL,
    at         timestamptz NOT NULL,
    step_id    text,
    index      integer,
    attempt    integer,
    type       text        NOT NULL,
    from_state text        NOT NULL,
    to_state   text        NOT NULL,
    reason     text        NOT NULL,
    data       json,
    PRIMARY KEY (run_id, seq)
) PARTITION BY RANGE (run_id);
COMMENT ON TABLE event IS 'What happened to a run, in order; append only, written by the leader in the deciding transaction';
COMMENT ON COLUMN event.run_id IS 'The run';
COMMENT ON COLUMN event.seq IS 'Ascending within the run, with gaps where a leader took over';
COMMENT ON COLUMN event.at IS 'When it was decided';
COMMENT ON COLUMN event.step_id IS 'The step''s name; null for the run itself';
COMMENT ON COLUMN event.index IS 'The item of a foreach';
COMMENT ON COLUMN event.attempt IS 'The user''s count';
COMMENT ON COLUMN event.type IS 'What kind of event';
COMMENT ON COLUMN event.from_state IS 'The state before; empty where it does not apply';
COMMENT ON COLUMN event.to_state IS 'The state after; empty where it does not apply';
COMMENT ON COLUMN event.reason IS 'Why, in words';
COMMENT ON COLUMN event.data IS 'Whatever else the type has to say';

CREATE TABLE log_chunk (
    run_id  uuid        NOT NULL,
    step    integer     NOT NULL,
    index   integer     NOT NULL,
    claim   integer     NOT NULL,
    seq     integer     NOT NULL,
    attempt integer     NOT NULL,
    at      timestamptz NOT NULL,
    bytes   bytea       NOT NULL,
    PRIMARY KEY (run_id, step, index, claim, seq)
) PARTITION BY RANGE (run_id);
COMMENT ON TABLE log_chunk IS 'Pieces of the logs of attempts; append only';
COMMENT ON COLUMN log_chunk.run_id IS 'The run';
COMMENT ON COLUMN log_chunk.step IS 'Ordinal of the step';
COMMENT ON COLUMN log_chunk.index IS 'The item of a foreach; -1 for the step itself';
COMMENT ON COLUMN log_chunk.claim IS 'The claim that logged it';
COMMENT ON COLUMN log_chunk.seq IS 'From 0 within the claim';
COMMENT ON COLUMN log_chunk.attempt IS 'The user''s count';
COMMENT ON COLUMN log_chunk.at IS 'When its first byte was written';
COMMENT ON COLUMN log_chunk.bytes IS 'What was written, as it came';

-- Around runs -------------------------------------------------------------------------------------------------------

CREATE TABLE command (
    id         bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    run_id     uuid        NOT NULL,
    kind       text        NOT NULL CHECK (kind IN ('cancel', 'kill')),
    asked_by   text        NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    applied    boolean,
    reason     text,
    decided_at timestamptz
);
COMMENT ON TABLE command IS 'What operators asked for; the leader decides each once';
COMMENT ON COLUMN command.id IS 'Ascending; commands are applied in this order';
COMMENT ON COLUMN command.run_id IS 'The run it is about';
COMMENT ON COLUMN command.kind IS 'What is asked for';
COMMENT ON COLUMN command.asked_by IS 'Who asked';
COMMENT ON COLUMN command.created_at IS 'When it was asked for';
COMMENT ON COLUMN command.applied IS 'The outcome: false when it was refused; null while it is not decided';
COMMENT ON COLUMN command.reason IS 'Why it was refused, or what was done';
COMMENT ON COLUMN command.decided_at IS 'When it got its outcome';
CREATE INDEX command_pending ON command (id) WHERE applied IS NULL;

CREATE TABLE idempotency_key (
    key          text        PRIMARY KEY,
    request_hash text        NOT NULL,
    run_id       uuid        NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE idempotency_key IS 'Makes asking twice for a run harmless';
COMMENT ON COLUMN idempotency_key.key IS 'What the creator sent along';
COMMENT ON COLUMN idempotency_key.request_hash IS 'Of everything that was asked for';
COMMENT ON COLUMN idempotency_key.run_id IS 'The run that the first request created';
COMMENT ON COLUMN idempotency_key.created_at IS 'When the first request came';

CREATE TABLE master_epoch (
    singleton boolean     PRIMARY KEY DEFAULT true CHECK (singleton),
    epoch     bigint      NOT NULL,
    raised_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE master_epoch IS 'The term of the leader, in one row. Leader transactions share-lock it, so raising it waits for them';
COMMENT ON COLUMN master_epoch.singleton IS 'Allows one row';
COMMENT ON COLUMN master_epoch.epoch IS 'The current term; transactions of any other are refused';
COMMENT ON COLUMN master_epoch.raised_at IS 'When the current term began';
INSERT INTO master_epoch (epoch) VALUES (0);

-- Functions ---------------------------------------------------------------------------------------------------------

CREATE FUNCTION fence(expected bigint, durable boolean) RETURNS void
    LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM master_epoch WHERE epoch = expected FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'epoch % is over', expected USING ERRCODE = 'DK001';
    END IF;
    IF NOT durable THEN
        PERFORM set_config('synchronous_commit', 'off', true);
    END IF;
END $$;
COMMENT ON FUNCTION fence IS 'Begins a leader transaction: fails unless the epoch is current, and keeps it current until the end';

-- The order of locking is the order of the arrays, which is the order of the keys.
CREATE FUNCTION expect_no_report(runs uuid[], steps integer[], indexes integer[], claims integer[]) RETURNS void
    LANGUAGE plpgsql AS $$
DECLARE
    suspect record;
    current record;
BEGIN
    FOR suspect IN
        SELECT * FROM unnest(runs, steps, indexes, claims) AS lost (run_id, step, index, claim)
    LOOP
        SELECT claim, report INTO current
        FROM step
        WHERE run_id = suspect.run_id AND step.step = suspect.step AND step.index = suspect.index
        FOR UPDATE;
        IF current.claim IS DISTINCT FROM suspect.claim OR current.report IS NOT NULL THEN
            RAISE EXCEPTION 'claim % of %.%.% was called lost, but the row has claim % and report %',
                suspect.claim, suspect.run_id, suspect.step, suspect.index, current.claim, current.report
                USING ERRCODE = 'DK002';
        END IF;
    END LOOP;
END $$;
COMMENT ON FUNCTION expect_no_report IS 'Before claims are called lost: fails when one of them has been reported after all, and keeps them unreported until the end';

CREATE FUNCTION first_run_id(at timestamptz) RETURNS uuid
    LANGUAGE sql STABLE STRICT AS $$
    SELECT (lpad(to_hex(floor(extract(epoch FROM at) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid
$$;
COMMENT ON FUNCTION first_run_id IS 'The smallest UUIDv7 of a moment: every run created then or later has this id or a greater one';

CREATE FUNCTION create_month_partitions(month date) RETURNS boolean
    LANGUAGE plpgsql AS $$
DECLARE
    suffix text := to_char(month, 'YYYY_MM');
    lower  uuid := first_run_id(date_trunc('month', month)::timestamp AT TIME ZONE 'UTC');
    upper  uuid := first_run_id((date_trunc('month', month) + interval '1 month')::timestamp AT TIME ZONE 'UTC');
    parent text;
    options text;
BEGIN
    IF to_regclass('log_chunk_' || suffix) IS NOT NULL THEN
        RETURN false;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('dagkeeper partitions'));
    FOR parent, options IN
        VALUES
            ('run', 'fillfactor = 85'),
            -- A step row is updated about four times; room in its page keeps those updates out of the index.
            ('step', 'fillfactor = 60, autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05'),
            ('attempt', ''), ('event', ''), ('log_chunk', '')
    LOOP
        IF to_regclass(parent || '_' || suffix) IS NULL THEN
            EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L) %s',
                parent || '_' || suffix, parent, lower, upper,
                CASE WHEN options = '' THEN '' ELSE 'WITH (' || options || ')' END);
        END IF;
    END LOOP;
    RETURN true;
END $$;
COMMENT ON FUNCTION create_month_partitions IS 'Creates the partitions for the runs of one month (UTC), unless they are there';

-- The safety net for runs of a month that nobody prepared.
CREATE TABLE run_default PARTITION OF run DEFAULT WITH (fillfactor = 85);
CREATE TABLE step_default PARTITION OF step DEFAULT WITH (fillfactor = 60);
CREATE TABLE attempt_default PARTITION OF attempt DEFAULT;
CREATE TABLE event_default PARTITION OF event DEFAULT;
CREATE TABLE log_chunk_default PARTITION OF log_chunk DEFAULT;

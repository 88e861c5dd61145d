-- Backfills: fires of a trigger that are gone through once more. The api writes what operators ask for; the leader how far it came.

CREATE TABLE backfill (
    id           bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    workflow_id  bigint      NOT NULL REFERENCES workflow (id),
    trigger      text        NOT NULL,
    revision_id  bigint      NOT NULL REFERENCES workflow_revision (id),
    schedule     json        NOT NULL,
    range_from   timestamptz NOT NULL,
    range_until  timestamptz NOT NULL CHECK (range_until > range_from),
    fires        integer     NOT NULL CHECK (fires BETWEEN 1 AND 100000),
    reprocess    text        NOT NULL CHECK (reprocess IN ('missing', 'failed', 'all')),
    max_active   integer     NOT NULL CHECK (max_active >= 1),
    direction    text        NOT NULL CHECK (direction IN ('oldest-first', 'newest-first')),
    inputs       json        NOT NULL,
    priority     integer     NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    created_by   text        NOT NULL,
    key          text        UNIQUE,
    request_hash text,
    paused_at    timestamptz,
    cancelled_at timestamptz,
    changed_by   text        NOT NULL DEFAULT '',
    cursor       timestamptz,
    state        text        NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'finished', 'cancelled')),
    ended_at     timestamptz
) WITH (fillfactor = 70);
COMMENT ON TABLE backfill IS 'Fires of a trigger that an operator has gone through once more. Written by the api, but cursor, state and ended_at by the leader';
COMMENT ON COLUMN backfill.id IS 'Its runs and fires carry the trigger backfill:ID';
COMMENT ON COLUMN backfill.workflow_id IS 'The workflow';
COMMENT ON COLUMN backfill.trigger IS 'The trigger that is filled, by name';
COMMENT ON COLUMN backfill.revision_id IS 'The revision that was deployed when it was created: its runs are pinned to it';
COMMENT ON COLUMN backfill.schedule IS 'The pattern of the trigger as it was then, with the range as its from and until';
COMMENT ON COLUMN backfill.range_from IS 'The first instant of the range';
COMMENT ON COLUMN backfill.range_until IS 'The first instant after the range';
COMMENT ON COLUMN backfill.fires IS 'How many fires are in the range';
COMMENT ON COLUMN backfill.reprocess IS 'Which of them are started: missing ones, failed ones too, or all';
COMMENT ON COLUMN backfill.max_active IS 'How many of its runs may be active at once, those that wait for a place included';
COMMENT ON COLUMN backfill.direction IS 'In which order they are gone through';
COMMENT ON COLUMN backfill.inputs IS 'Inputs that win over the trigger''s';
COMMENT ON COLUMN backfill.priority IS 'The priority of its runs';
COMMENT ON COLUMN backfill.created_at IS 'When it was created';
COMMENT ON COLUMN backfill.created_by IS 'Who created it';
COMMENT ON COLUMN backfill.key IS 'The creator''s idempotency key; null when there was none';
COMMENT ON COLUMN backfill.request_hash IS 'Of everything that was asked for under the key';
COMMENT ON COLUMN backfill.paused_at IS 'When an operator paused it; null while it is not paused';
COMMENT ON COLUMN backfill.cancelled_at IS 'When an operator cancelled it';
COMMENT ON COLUMN backfill.changed_by IS 'Who paused, resumed or cancelled it last';
COMMENT ON COLUMN backfill.cursor IS 'The last fire that was decided about, in its order; null before the first';
COMMENT ON COLUMN backfill.state IS 'running until all its fires are decided about and its runs have ended';
COMMENT ON COLUMN backfill.ended_at IS 'When it was finished or cancelled with none of its runs left';
-- What the leader goes through.
CREATE INDEX backfill_open ON backfill (id) WHERE state = 'running';

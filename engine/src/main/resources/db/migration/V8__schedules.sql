-- Schedules. The api writes what is deployed and what operators say about it; the leader writes what came of it.

CREATE TABLE trigger (
    id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    workflow_id bigint      NOT NULL REFERENCES workflow (id),
    name        text        NOT NULL,
    revision_id bigint      NOT NULL REFERENCES workflow_revision (id),
    schedule    json        NOT NULL,
    since       timestamptz NOT NULL,
    removed_at  timestamptz,
    paused_at   timestamptz,
    paused_by   text        NOT NULL DEFAULT '',
    resumed_at  timestamptz,
    change      bigint      GENERATED ALWAYS AS IDENTITY,
    UNIQUE (workflow_id, name)
);
COMMENT ON TABLE trigger IS 'The triggers of deployed workflows. Written by the api, read by the leader';
COMMENT ON COLUMN trigger.id IS 'Internal id';
COMMENT ON COLUMN trigger.workflow_id IS 'Whose trigger it is';
COMMENT ON COLUMN trigger.name IS 'Its id in the YAML source';
COMMENT ON COLUMN trigger.revision_id IS 'The deployed revision: its runs are pinned to it';
COMMENT ON COLUMN trigger.schedule IS 'When it fires, as the revision says';
COMMENT ON COLUMN trigger.since IS 'When this schedule was deployed; fires before are owed only where the schedule''s from and catchup say so';
COMMENT ON COLUMN trigger.removed_at IS 'Since when no deployed revision has it; null while one has';
COMMENT ON COLUMN trigger.paused_at IS 'When an operator paused it; null while it is not paused';
COMMENT ON COLUMN trigger.paused_by IS 'Who paused or resumed it last';
COMMENT ON COLUMN trigger.resumed_at IS 'When it was resumed last: a pause of its own that is older is over';
COMMENT ON COLUMN trigger.change IS 'Raised with every change of the row, so that the leader reads only what is new';
CREATE INDEX trigger_change ON trigger (change);

CREATE TABLE trigger_cursor (
    trigger_id   bigint      PRIMARY KEY REFERENCES trigger (id),
    cursor       timestamptz NOT NULL,
    failures     integer     NOT NULL DEFAULT 0,
    suspended_at timestamptz,
    reason       text        NOT NULL DEFAULT ''
) WITH (fillfactor = 70);
COMMENT ON TABLE trigger_cursor IS 'How far a trigger has come. Written by the leader only';
COMMENT ON COLUMN trigger_cursor.trigger_id IS 'The trigger';
COMMENT ON COLUMN trigger_cursor.cursor IS 'Every fire up to this instant has its outcome; never goes back';
COMMENT ON COLUMN trigger_cursor.failures IS 'How many of its runs have failed in a row';
COMMENT ON COLUMN trigger_cursor.suspended_at IS 'When it paused itself after failed runs; over once an operator resumes it later';
COMMENT ON COLUMN trigger_cursor.reason IS 'In words: why it paused itself';

CREATE TABLE fire (
    workflow_id bigint      NOT NULL REFERENCES workflow (id),
    trigger     text        NOT NULL,
    fire        timestamptz NOT NULL,
    outcome     text        NOT NULL CHECK (outcome IN ('started', 'queued', 'skipped', 'missed')),
    reason      text        NOT NULL DEFAULT '',
    run_id      uuid,
    decided_at  timestamptz NOT NULL,
    PRIMARY KEY (workflow_id, trigger, fire)
) WITH (fillfactor = 85);
COMMENT ON TABLE fire IS 'What came of each fire: one fire is one row and at most one run. Written by the leader only';
COMMENT ON COLUMN fire.workflow_id IS 'The workflow';
COMMENT ON COLUMN fire.trigger IS 'Its trigger by name, or backfill:ID';
COMMENT ON COLUMN fire.fire IS 'The instant, without jitter';
COMMENT ON COLUMN fire.outcome IS 'What came of it; queued becomes another one when its run starts or is turned away';
COMMENT ON COLUMN fire.reason IS 'In words, for what was skipped or missed';
COMMENT ON COLUMN fire.run_id IS 'Its run; null where none was created';
COMMENT ON COLUMN fire.decided_at IS 'When the outcome was decided';

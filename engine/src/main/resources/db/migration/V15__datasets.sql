-- Updates of datasets, and the runs that saw them. Steps that produce a dataset, and whoever else has updated one, say so with an event;
-- triggers on datasets consume events, each for itself.

CREATE TABLE dataset_event (
    id           bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    uri          text        NOT NULL,
    at           timestamptz NOT NULL,
    recorded_at  timestamptz NOT NULL,
    namespace    text        NOT NULL DEFAULT '',
    workflow     text        NOT NULL DEFAULT '',
    run_id       uuid,
    step         text        NOT NULL DEFAULT '',
    recorded_by  text        NOT NULL DEFAULT '',
    data         json,
    key          text        UNIQUE,
    request_hash text
);
COMMENT ON TABLE dataset_event IS 'Updates of datasets. Written by the leader with the success of the step, and by the api; those who write take turns, so that events become visible in the order of their ids';
COMMENT ON COLUMN dataset_event.id IS 'Its place in the order of all events';
COMMENT ON COLUMN dataset_event.uri IS 'The dataset';
COMMENT ON COLUMN dataset_event.at IS 'When the dataset was updated, as whoever recorded it says';
COMMENT ON COLUMN dataset_event.recorded_at IS 'When it was recorded: by this it is decided what fires';
COMMENT ON COLUMN dataset_event.namespace IS 'Of the workflow; empty for an event from outside';
COMMENT ON COLUMN dataset_event.workflow IS 'Whose step produced it; empty for an event from outside';
COMMENT ON COLUMN dataset_event.run_id IS 'The run of that step; null for an event from outside';
COMMENT ON COLUMN dataset_event.step IS 'That step by its display name; empty for an event from outside';
COMMENT ON COLUMN dataset_event.recorded_by IS 'Who recorded it; empty for a step';
COMMENT ON COLUMN dataset_event.data IS 'What else is to be known about the update; of a step its outputs. Null for nothing';
COMMENT ON COLUMN dataset_event.key IS 'The poster''s idempotency key; null when there was none';
COMMENT ON COLUMN dataset_event.request_hash IS 'Of everything that was said under the key';
-- What a trigger has not seen, and the events of one dataset.
CREATE INDEX dataset_event_uri ON dataset_event (uri, id);
-- A step succeeds once, whichever leader writes it.
CREATE UNIQUE INDEX dataset_event_step ON dataset_event (run_id, step, uri) WHERE run_id IS NOT NULL;

CREATE TABLE dataset_use (
    event_id    bigint      NOT NULL REFERENCES dataset_event (id) ON DELETE CASCADE,
    workflow_id bigint      NOT NULL REFERENCES workflow (id),
    trigger     text        NOT NULL,
    fire        timestamptz NOT NULL,
    run_id      uuid,
    PRIMARY KEY (event_id, workflow_id, trigger)
);
COMMENT ON TABLE dataset_use IS 'Which fire consumed which event: one for each trigger at most. Written by the leader, with the fire and its run';
COMMENT ON COLUMN dataset_use.event_id IS 'The event';
COMMENT ON COLUMN dataset_use.workflow_id IS 'The workflow';
COMMENT ON COLUMN dataset_use.trigger IS 'Its trigger by name';
COMMENT ON COLUMN dataset_use.fire IS 'The fire';
COMMENT ON COLUMN dataset_use.run_id IS 'The run that saw it; null when the fire was skipped';
CREATE INDEX dataset_use_run ON dataset_use (run_id) WHERE run_id IS NOT NULL;

CREATE TABLE dataset_link (
    workflow_id bigint NOT NULL REFERENCES workflow (id),
    role        text   NOT NULL CHECK (role IN ('producer', 'consumer')),
    name        text   NOT NULL,
    uri         text   NOT NULL,
    PRIMARY KEY (workflow_id, role, name, uri)
);
COMMENT ON TABLE dataset_link IS 'Which steps and triggers of deployed workflows are about which datasets. Written by the api with the deployment';
COMMENT ON COLUMN dataset_link.workflow_id IS 'The workflow';
COMMENT ON COLUMN dataset_link.role IS 'producer: a step; consumer: a trigger';
COMMENT ON COLUMN dataset_link.name IS 'The step by its display name, or the trigger';
COMMENT ON COLUMN dataset_link.uri IS 'The dataset';
CREATE INDEX dataset_link_uri ON dataset_link (uri);

ALTER TABLE trigger_cursor ADD COLUMN event_id bigint NOT NULL DEFAULT 0;
COMMENT ON COLUMN trigger_cursor.event_id IS 'Of its datasets every event up to this one has been consumed; 0 for a trigger by the clock';

ALTER TABLE run ADD COLUMN events json;
COMMENT ON COLUMN run.events IS 'The events that it was created for, as its expressions see them; null for none';

CREATE TABLE worker_drain (
    worker   text        PRIMARY KEY,
    asked_by text        NOT NULL,
    since    timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE worker_drain IS 'Workers that an operator drains: they finish what they run and get nothing new. Written by the api, read by the leader';
COMMENT ON COLUMN worker_drain.worker IS 'Name of the worker, or one incarnation of it';
COMMENT ON COLUMN worker_drain.asked_by IS 'Who drained it';
COMMENT ON COLUMN worker_drain.since IS 'When';

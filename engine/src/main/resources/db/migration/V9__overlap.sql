-- Runs that share places, and the runs of earlier fires.

ALTER TABLE run ADD COLUMN concurrency_group text NOT NULL DEFAULT '';
ALTER TABLE run ADD COLUMN series text NOT NULL DEFAULT '';
COMMENT ON COLUMN run.concurrency_group IS 'Evaluated when it was created: runs of a namespace with the same group share places; empty for none';
COMMENT ON COLUMN run.series IS 'The trigger that its fire belongs to, for a backfill the one that is filled; empty for a run without a fire';

-- What no leader has seen. A run that waits for a place has a reason, and is not found again and again.
CREATE INDEX run_unseen ON run (id) WHERE state = 'queued' AND reason = '';
-- The newest run of the fire before; one that was turned away did nothing.
CREATE INDEX run_fire ON run (namespace, workflow, series, nominal_time, id) WHERE series <> '' AND state <> 'skipped';

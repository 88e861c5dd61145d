-- Who paused a trigger is still known when it was resumed; few among many fires are found; old ones can be forgotten.

ALTER TABLE trigger ADD COLUMN resumed_by text NOT NULL DEFAULT '';
UPDATE trigger SET resumed_by = paused_by, paused_by = '' WHERE paused_at IS NULL;
COMMENT ON COLUMN trigger.paused_by IS 'Who paused it last';
COMMENT ON COLUMN trigger.resumed_by IS 'Who resumed it last';

-- What was skipped or missed is asked for, and may be rare.
CREATE INDEX fire_not_started ON fire (workflow_id, trigger, fire) WHERE outcome <> 'started';
-- For the retention; rows come in this order.
CREATE INDEX fire_decided ON fire USING brin (decided_at);

-- A crash of the server may lose asynchronous commits. A leader that was idle meanwhile would not notice, and its memory
-- would be ahead of the tables; and what it had given out to workers would look as if it had not been.

CREATE UNLOGGED TABLE leader_memory (
    epoch bigint PRIMARY KEY
);
COMMENT ON TABLE leader_memory IS 'The term that wrote last, unless the server has crashed since: unlogged, so recovery from a crash empties it';
COMMENT ON COLUMN leader_memory.epoch IS 'As in master_epoch';
INSERT INTO leader_memory SELECT epoch FROM master_epoch;

ALTER TABLE master_epoch ADD COLUMN has_written boolean NOT NULL DEFAULT true;
COMMENT ON COLUMN master_epoch.has_written IS 'Whether the current term has written anything yet';

CREATE OR REPLACE FUNCTION fence(expected bigint, durable boolean) RETURNS void
    LANGUAGE plpgsql AS $$
DECLARE
    written boolean;
BEGIN
    SELECT has_written INTO written FROM master_epoch WHERE epoch = expected FOR SHARE;
    IF NOT FOUND OR (written AND NOT EXISTS (SELECT FROM leader_memory WHERE epoch = expected)) THEN
        RAISE EXCEPTION 'epoch % is over', expected USING ERRCODE = 'DK001';
    END IF;
    IF NOT written THEN
        -- That it has must not be lost itself, so this transaction waits for the disk.
        UPDATE master_epoch SET has_written = true;
        DELETE FROM leader_memory;
        INSERT INTO leader_memory VALUES (expected);
    ELSIF NOT durable THEN
        PERFORM set_config('synchronous_commit', 'off', true);
    END IF;
END $$;
COMMENT ON FUNCTION fence IS 'Begins a leader transaction: fails unless the epoch is current and the server has not crashed since it first wrote, and keeps it current until the end';

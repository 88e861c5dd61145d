-- What steps wait for that could not be placed. Steps that ask for the same wait for the same, so there is a row for each
-- distinct demand and not for each step; who shows a blocked step knows what it asks for, and looks here.

CREATE TABLE waiting (
    demand text        PRIMARY KEY CHECK (demand ~ '^[0-9a-f]{64}$'),
    reason text        NOT NULL,
    since  timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE waiting IS 'Why steps with a demand cannot be placed now. Written by the leader only, emptied by each new one; nothing in it is needed';
COMMENT ON COLUMN waiting.demand IS 'SHA-256 of what the steps ask for: queue, resources, pools, placement';
COMMENT ON COLUMN waiting.reason IS 'In words: what is missing, and who has it';
COMMENT ON COLUMN waiting.since IS 'When the leader found this reason';

-- Settings that change while the engine runs, and the end of old history.

CREATE TABLE config (
    version    bigint      PRIMARY KEY CHECK (version >= 1),
    settings   json        NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT now(),
    changed_by text        NOT NULL,
    note       text        NOT NULL
);
COMMENT ON TABLE config IS 'Versions of the live settings; append only, the highest one holds';
COMMENT ON COLUMN config.version IS 'From 1, without gaps';
COMMENT ON COLUMN config.settings IS 'What is set by its key; what is not set has its default';
COMMENT ON COLUMN config.changed_at IS 'When the version was made';
COMMENT ON COLUMN config.changed_by IS 'Who made it';
COMMENT ON COLUMN config.note IS 'Why, in the words of who made it; may be empty';
INSERT INTO config (version, settings, changed_by, note) VALUES (1, '{}', 'dagkeeper', 'the defaults');

-- Takes the strongest locks that there are, for as long as it takes to change the catalog: the files go after the commit, when
-- the locks are free again. To be called with a short lock_timeout, for whoever comes meanwhile waits behind it.
CREATE FUNCTION drop_month_partitions(month date) RETURNS text
    LANGUAGE plpgsql AS $$
DECLARE
    suffix     text := to_char(month, 'YYYY_MM');
    unfinished boolean;
    parent     text;
BEGIN
    IF to_regclass('run_' || suffix) IS NULL THEN
        RETURN 'absent';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('dagkeeper partitions'));
    IF to_regclass('run_' || suffix) IS NULL THEN
        RETURN 'absent';
    END IF;
    EXECUTE format($q$SELECT EXISTS (SELECT FROM %I
        WHERE state IN ('queued', 'running', 'paused', 'cancelling'))$q$, 'run_' || suffix) INTO unfinished;
    IF unfinished THEN
        RETURN 'unfinished';
    END IF;
    LOCK TABLE ONLY run, ONLY step, ONLY attempt, ONLY event, ONLY log_chunk IN ACCESS EXCLUSIVE MODE;
    -- Once more: nobody can change it now.
    EXECUTE format($q$SELECT EXISTS (SELECT FROM %I
        WHERE state IN ('queued', 'running', 'paused', 'cancelling'))$q$, 'run_' || suffix) INTO unfinished;
    IF unfinished THEN
        RETURN 'unfinished';
    END IF;
    FOREACH parent IN ARRAY ARRAY['log_chunk', 'event', 'attempt', 'step', 'run']
    LOOP
        EXECUTE format('DROP TABLE IF EXISTS %I', parent || '_' || suffix);
    END LOOP;
    RETURN 'dropped';
END $$;
COMMENT ON FUNCTION drop_month_partitions IS 'Drops the partitions with the runs of one month (UTC) unless one of them is unfinished; tells dropped, unfinished or absent';

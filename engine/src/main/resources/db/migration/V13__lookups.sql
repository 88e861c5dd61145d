-- Where two indexes cost the same, as on a table that was nearly empty when a plan was made, Postgres takes the younger one,
-- and keeps it while the table grows. The lookup of a run by its id must be by the primary key, and not by an index in which
-- the id comes last; so the primary key has to be the youngest.

ALTER TABLE run DROP CONSTRAINT run_pkey, ADD PRIMARY KEY (id);

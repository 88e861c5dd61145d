-- Deadlines that have struck, and what somebody is told. The leader decides that there is an alert; whoever sends it (in the
-- process that leads) decides where it goes.

CREATE TABLE run_deadline (
    run_id    uuid        NOT NULL,
    deadline  integer     NOT NULL,
    struck_at timestamptz NOT NULL,
    PRIMARY KEY (run_id, deadline)
);
COMMENT ON TABLE run_deadline IS 'Deadlines of runs that have struck, each once. Written by the leader only';
COMMENT ON COLUMN run_deadline.run_id IS 'The run';
COMMENT ON COLUMN run_deadline.deadline IS 'Its place in the workflow''s list, from 0';
COMMENT ON COLUMN run_deadline.struck_at IS 'When it struck, which may be later than it was due';

CREATE TABLE alert (
    id         uuid        PRIMARY KEY,
    created_at timestamptz NOT NULL,
    kind       text        NOT NULL,
    namespace  text        NOT NULL,
    workflow   text        NOT NULL,
    run_id     uuid,
    subject    text        NOT NULL,
    data       json        NOT NULL,
    routed     boolean     NOT NULL DEFAULT false
);
COMMENT ON TABLE alert IS 'What somebody is to be told. Written by the leader, in the transaction that decides it';
COMMENT ON COLUMN alert.id IS 'Made from what it is about, so that one thing is one alert; receivers know it by this';
COMMENT ON COLUMN alert.created_at IS 'When it was decided';
COMMENT ON COLUMN alert.kind IS 'What sort of thing happened: deadline';
COMMENT ON COLUMN alert.namespace IS 'Of the workflow';
COMMENT ON COLUMN alert.workflow IS 'Which workflow it is about';
COMMENT ON COLUMN alert.run_id IS 'Which run it is about; null for none';
COMMENT ON COLUMN alert.subject IS 'One line in words';
COMMENT ON COLUMN alert.data IS 'The same for programs';
COMMENT ON COLUMN alert.routed IS 'Whether the channels that were configured have got their deliveries. Written by the sender';
CREATE INDEX alert_newest ON alert (created_at, id);
CREATE INDEX alert_unrouted ON alert (created_at) WHERE NOT routed;

CREATE TABLE alert_delivery (
    alert_id   uuid        NOT NULL REFERENCES alert (id) ON DELETE CASCADE,
    channel    text        NOT NULL,
    state      text        NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'sent', 'dead')),
    attempts   integer     NOT NULL DEFAULT 0,
    next_at    timestamptz NOT NULL,
    error      text        NOT NULL DEFAULT '',
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (alert_id, channel)
) WITH (fillfactor = 85);
COMMENT ON TABLE alert_delivery IS 'How far an alert has come by each channel. Written by the sender; the api makes dead ones pending again';
COMMENT ON COLUMN alert_delivery.alert_id IS 'The alert';
COMMENT ON COLUMN alert_delivery.channel IS 'By which way it goes: webhook, email';
COMMENT ON COLUMN alert_delivery.state IS 'pending; sent: accepted by the receiver; dead: given up until somebody asks for another try';
COMMENT ON COLUMN alert_delivery.attempts IS 'How many times it was tried since it became pending';
COMMENT ON COLUMN alert_delivery.next_at IS 'When it is to be tried next; moved on before each try, so that a sender that ends in the middle loses nothing';
COMMENT ON COLUMN alert_delivery.error IS 'In words, why the last try failed';
COMMENT ON COLUMN alert_delivery.changed_at IS 'When the row changed last';
CREATE INDEX alert_delivery_due ON alert_delivery (channel, next_at) WHERE state = 'pending';
CREATE INDEX alert_delivery_dead ON alert_delivery (alert_id) WHERE state = 'dead';

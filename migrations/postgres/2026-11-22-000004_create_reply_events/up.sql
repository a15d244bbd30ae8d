CREATE TABLE reply_events (
    reply_id uuid NOT NULL REFERENCES replies (id) ON DELETE CASCADE,
    sequence bigint NOT NULL CHECK (sequence >= 0),
    attempt integer NOT NULL CHECK (attempt >= 1),
    kind text NOT NULL CHECK (kind IN ('created', 'delta', 'restarted', 'ended')),
    -- The length of the attempt's text after this event, in bytes of UTF-8.
    text_end bigint NOT NULL CHECK (text_end >= 0),
    text text,
    reason text CHECK (reason IN ('owner_lost', 'retry')),
    PRIMARY KEY (reply_id, sequence),
    CHECK ((text IS NOT NULL) = (kind = 'delta')),
    CHECK ((reason IS NOT NULL) = (kind = 'restarted'))
);

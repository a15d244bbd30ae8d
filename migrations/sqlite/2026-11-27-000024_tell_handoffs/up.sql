-- Why the assistant is off, since when, and how often it answered since it was switched on or the
-- ticket was resolved. Of tickets that were handed off before, nobody knows the reason.
ALTER TABLE tickets ADD COLUMN handoff_reason TEXT CHECK (
    handoff_reason IN (
        'requested', 'turns', 'quota', 'upstream_down', 'nothing_found', 'customer', 'agent'
    )
);
ALTER TABLE tickets ADD COLUMN handed_off_at INTEGER
    CHECK ((handed_off_at IS NULL) = (handoff_reason IS NULL));
ALTER TABLE tickets ADD COLUMN turns INTEGER NOT NULL DEFAULT 0 CHECK (turns >= 0);

-- Why people took over with the reply's end.
ALTER TABLE replies ADD COLUMN handoff_reason TEXT CHECK (
    handoff_reason IN (
        'requested', 'turns', 'quota', 'upstream_down', 'nothing_found', 'customer', 'agent'
    )
);

CREATE TABLE new_reply_events (
    reply_id TEXT NOT NULL REFERENCES replies (id) ON DELETE CASCADE,
    sequence INTEGER NOT NULL CHECK (sequence >= 0),
    attempt INTEGER NOT NULL CHECK (attempt >= 1),
    kind TEXT NOT NULL CHECK (kind IN ('created', 'delta', 'restarted', 'handed_off', 'ended')),
    -- The length of the attempt's text after this event, in bytes of UTF-8.
    text_end INTEGER NOT NULL CHECK (text_end >= 0),
    text TEXT,
    reason TEXT,
    PRIMARY KEY (reply_id, sequence),
    CHECK ((text IS NOT NULL) = (kind = 'delta')),
    CHECK (
        CASE kind
            WHEN 'restarted' THEN coalesce(reason IN ('owner_lost', 'retry'), FALSE)
            WHEN 'handed_off' THEN reason IS NOT NULL
            ELSE reason IS NULL
        END
    )
) STRICT, WITHOUT ROWID;
INSERT INTO new_reply_events (reply_id, sequence, attempt, kind, text_end, text, reason)
SELECT reply_id, sequence, attempt, kind, text_end, text, reason FROM reply_events;
DROP TABLE reply_events;
ALTER TABLE new_reply_events RENAME TO reply_events;

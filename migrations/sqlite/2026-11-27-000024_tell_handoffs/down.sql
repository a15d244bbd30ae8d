CREATE TABLE old_reply_events (
    reply_id TEXT NOT NULL REFERENCES replies (id) ON DELETE CASCADE,
    sequence INTEGER NOT NULL CHECK (sequence >= 0),
    attempt INTEGER NOT NULL CHECK (attempt >= 1),
    kind TEXT NOT NULL CHECK (kind IN ('created', 'delta', 'restarted', 'ended')),
    -- The length of the attempt's text after this event, in bytes of UTF-8.
    text_end INTEGER NOT NULL CHECK (text_end >= 0),
    text TEXT,
    reason TEXT CHECK (reason IN ('owner_lost', 'retry')),
    PRIMARY KEY (reply_id, sequence),
    CHECK ((text IS NOT NULL) = (kind = 'delta')),
    CHECK ((reason IS NOT NULL) = (kind = 'restarted'))
) STRICT, WITHOUT ROWID;
INSERT INTO old_reply_events (reply_id, sequence, attempt, kind, text_end, text, reason)
SELECT reply_id, sequence, attempt, kind, text_end, text, reason FROM reply_events
WHERE kind <> 'handed_off';
DROP TABLE reply_events;
ALTER TABLE old_reply_events RENAME TO reply_events;

ALTER TABLE replies DROP COLUMN handoff_reason;
ALTER TABLE tickets DROP COLUMN turns;
ALTER TABLE tickets DROP COLUMN handed_off_at;
ALTER TABLE tickets DROP COLUMN handoff_reason;

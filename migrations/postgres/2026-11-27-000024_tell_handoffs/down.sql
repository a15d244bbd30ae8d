DELETE FROM reply_events WHERE kind = 'handed_off';
ALTER TABLE reply_events
    DROP CONSTRAINT reply_events_kind_check,
    DROP CONSTRAINT reply_events_reason_check,
    ADD CONSTRAINT reply_events_kind_check
        CHECK (kind IN ('created', 'delta', 'restarted', 'ended')),
    ADD CONSTRAINT reply_events_reason_check CHECK (reason IN ('owner_lost', 'retry')),
    ADD CONSTRAINT reply_events_check1 CHECK ((reason IS NOT NULL) = (kind = 'restarted'));

ALTER TABLE replies DROP COLUMN handoff_reason;
ALTER TABLE tickets
    DROP COLUMN turns,
    DROP COLUMN handed_off_at,
    DROP COLUMN handoff_reason;

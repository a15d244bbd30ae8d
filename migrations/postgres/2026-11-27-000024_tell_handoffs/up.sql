ALTER TABLE tickets
    -- Why the assistant is off, since when, and how often it answered since it was switched on or
    -- the ticket was resolved. Of tickets that were handed off before, nobody knows the reason.
    ADD COLUMN handoff_reason text CHECK (
        handoff_reason IN (
            'requested', 'turns', 'quota', 'upstream_down', 'nothing_found', 'customer', 'agent'
        )
    ),
    ADD COLUMN handed_off_at timestamptz,
    ADD COLUMN turns integer NOT NULL DEFAULT 0 CHECK (turns >= 0),
    ADD CHECK ((handed_off_at IS NULL) = (handoff_reason IS NULL));

-- Why people took over with the reply's end.
ALTER TABLE replies ADD COLUMN handoff_reason text CHECK (
    handoff_reason IN (
        'requested', 'turns', 'quota', 'upstream_down', 'nothing_found', 'customer', 'agent'
    )
);

ALTER TABLE reply_events
    DROP CONSTRAINT reply_events_kind_check,
    DROP CONSTRAINT reply_events_reason_check,
    DROP CONSTRAINT reply_events_check1,
    ADD CONSTRAINT reply_events_kind_check
        CHECK (kind IN ('created', 'delta', 'restarted', 'handed_off', 'ended')),
    ADD CONSTRAINT reply_events_reason_check CHECK (
        CASE kind
            WHEN 'restarted' THEN coalesce(reason IN ('owner_lost', 'retry'), FALSE)
            WHEN 'handed_off' THEN reason IS NOT NULL
            ELSE reason IS NULL
        END
    );

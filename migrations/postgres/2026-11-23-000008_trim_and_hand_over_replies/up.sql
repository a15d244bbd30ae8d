ALTER TABLE replies
    -- Attempts that were given back unfinished by a process that shut down.
    ADD COLUMN handovers integer NOT NULL DEFAULT 0
        CHECK (handovers >= 0 AND handovers <= attempt),
    -- Whether the events of an ended reply were removed.
    ADD COLUMN trimmed boolean NOT NULL DEFAULT FALSE;

CREATE INDEX untrimmed_replies ON replies (ended_at) WHERE ended_at IS NOT NULL AND NOT trimmed;

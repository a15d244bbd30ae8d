-- Attempts that were given back unfinished by a process that shut down.
ALTER TABLE replies ADD COLUMN handovers INTEGER NOT NULL DEFAULT 0
    CHECK (handovers >= 0 AND handovers <= attempt);
-- Whether the events of an ended reply were removed.
ALTER TABLE replies ADD COLUMN trimmed INTEGER NOT NULL DEFAULT 0 CHECK (trimmed IN (0, 1));

CREATE INDEX untrimmed_replies ON replies (ended_at) WHERE ended_at IS NOT NULL AND trimmed = 0;

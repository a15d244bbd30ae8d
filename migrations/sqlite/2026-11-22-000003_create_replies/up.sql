-- `question_id` is a message's id, or the ticket's own for its description, so it refers to no
-- one table. `message_id` refers to none either: the message refers to its reply.
CREATE TABLE replies (
    id TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 36),
    ticket_id TEXT NOT NULL REFERENCES tickets (id) ON DELETE CASCADE,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    question_id TEXT NOT NULL UNIQUE,
    attempt INTEGER NOT NULL CHECK (attempt >= 1),
    status TEXT NOT NULL CHECK (
        status IN ('queued', 'streaming', 'completed', 'incomplete', 'cancelled', 'failed')
    ),
    last_sequence INTEGER NOT NULL CHECK (last_sequence >= 0),
    restart_sequence INTEGER,
    restart_reason TEXT CHECK (restart_reason IN ('owner_lost', 'retry')),
    text TEXT NOT NULL,
    model TEXT NOT NULL,
    model_served TEXT,
    template_name TEXT,
    template_version INTEGER,
    sources TEXT NOT NULL,
    input_tokens INTEGER,
    output_tokens INTEGER,
    message_id TEXT UNIQUE,
    finish_reason TEXT CHECK (finish_reason IN ('stop', 'length', 'content_filter', 'other')),
    cancel_reason TEXT CHECK (
        cancel_reason IN ('user', 'handoff', 'superseded', 'closed', 'quota')
    ),
    cancelled_by TEXT CHECK (cancelled_by IN ('customer', 'agent', 'system')),
    error_code TEXT CHECK (
        error_code IN (
            'upstream_rate_limited', 'upstream_timeout', 'upstream_unavailable',
            'upstream_rejected', 'context_too_long', 'content_refused', 'interrupted', 'internal'
        )
    ),
    created_at INTEGER NOT NULL,
    attempt_started_at INTEGER NOT NULL,
    first_token_at INTEGER,
    ended_at INTEGER,
    -- These three outlive the reply's end: by them its owner's repeated end is recognised.
    epoch INTEGER NOT NULL CHECK (epoch >= 1),
    owner TEXT NOT NULL,
    lease_until INTEGER NOT NULL,
    CHECK ((restart_sequence IS NULL) = (restart_reason IS NULL)),
    CHECK ((template_name IS NULL) = (template_version IS NULL)),
    CHECK ((input_tokens IS NULL) = (output_tokens IS NULL)),
    CHECK ((ended_at IS NULL) = (status IN ('queued', 'streaming'))),
    CHECK ((message_id IS NOT NULL) = (status IN ('completed', 'incomplete'))),
    CHECK ((finish_reason IS NOT NULL) = (status IN ('completed', 'incomplete'))),
    CHECK ((cancel_reason IS NOT NULL) = (status = 'cancelled')),
    CHECK ((cancelled_by IS NOT NULL) = (status = 'cancelled')),
    CHECK ((error_code IS NOT NULL) = (status = 'failed'))
) STRICT;

CREATE INDEX replies_by_ticket ON replies (ticket_id);
-- Few replies run at any time, so these stay small however many have ended.
CREATE INDEX running_replies_by_lease ON replies (lease_until)
WHERE status IN ('queued', 'streaming');
CREATE INDEX running_replies_by_user ON replies (user_id)
WHERE status IN ('queued', 'streaming');

-- Generations claimed within the last minute, on which the limit per minute counts. A reply's own
-- row forgets its earlier attempts.
CREATE TABLE reply_claims (
    reply_id TEXT NOT NULL REFERENCES replies (id) ON DELETE CASCADE,
    attempt INTEGER NOT NULL,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    claimed_at INTEGER NOT NULL,
    PRIMARY KEY (reply_id, attempt)
) STRICT, WITHOUT ROWID;

CREATE INDEX reply_claims_by_user ON reply_claims (user_id, claimed_at);

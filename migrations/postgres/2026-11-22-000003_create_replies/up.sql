-- `question_id` is a message's id, or the ticket's own for its description, so it refers to no
-- one table. `message_id` refers to none either: the message refers to its reply.
CREATE TABLE replies (
    id uuid PRIMARY KEY,
    ticket_id uuid NOT NULL REFERENCES tickets (id) ON DELETE CASCADE,
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    question_id uuid NOT NULL UNIQUE,
    attempt integer NOT NULL CHECK (attempt >= 1),
    status text NOT NULL CHECK (
        status IN ('queued', 'streaming', 'completed', 'incomplete', 'cancelled', 'failed')
    ),
    last_sequence bigint NOT NULL CHECK (last_sequence >= 0),
    restart_sequence bigint,
    restart_reason text CHECK (restart_reason IN ('owner_lost', 'retry')),
    text text NOT NULL,
    model text NOT NULL,
    model_served text,
    template_name text,
    template_version integer,
    sources jsonb NOT NULL CHECK (jsonb_typeof(sources) = 'array'),
    input_tokens bigint,
    output_tokens bigint,
    message_id uuid UNIQUE,
    finish_reason text CHECK (finish_reason IN ('stop', 'length', 'content_filter', 'other')),
    cancel_reason text CHECK (
        cancel_reason IN ('user', 'handoff', 'superseded', 'closed', 'quota')
    ),
    cancelled_by text CHECK (cancelled_by IN ('customer', 'agent', 'system')),
    error_code text CHECK (
        error_code IN (
            'upstream_rate_limited', 'upstream_timeout', 'upstream_unavailable',
            'upstream_rejected', 'context_too_long', 'content_refused', 'interrupted', 'internal'
        )
    ),
    created_at timestamptz NOT NULL,
    attempt_started_at timestamptz NOT NULL,
    first_token_at timestamptz,
    ended_at timestamptz,
    -- These three outlive the reply's end: by them its owner's repeated end is recognised.
    epoch integer NOT NULL CHECK (epoch >= 1),
    owner uuid NOT NULL,
    lease_until timestamptz NOT NULL,
    CHECK ((restart_sequence IS NULL) = (restart_reason IS NULL)),
    CHECK ((template_name IS NULL) = (template_version IS NULL)),
    CHECK ((input_tokens IS NULL) = (output_tokens IS NULL)),
    CHECK ((ended_at IS NULL) = (status IN ('queued', 'streaming'))),
    CHECK ((message_id IS NOT NULL) = (status IN ('completed', 'incomplete'))),
    CHECK ((finish_reason IS NOT NULL) = (status IN ('completed', 'incomplete'))),
    CHECK ((cancel_reason IS NOT NULL) = (status = 'cancelled')),
    CHECK ((cancelled_by IS NOT NULL) = (status = 'cancelled')),
    CHECK ((error_code IS NOT NULL) = (status = 'failed'))
);

CREATE INDEX replies_by_ticket ON replies (ticket_id);
-- Few replies run at any time, so these stay small however many have ended. To have no end says the
-- same as the status, in a condition that the planner proves whatever is bound.
CREATE INDEX running_replies_by_lease ON replies (lease_until) WHERE ended_at IS NULL;
CREATE INDEX running_replies_by_user ON replies (user_id) WHERE ended_at IS NULL;

-- Generations claimed within the last minute, on which the limit per minute counts. A reply's own
-- row forgets its earlier attempts.
CREATE TABLE reply_claims (
    reply_id uuid NOT NULL REFERENCES replies (id) ON DELETE CASCADE,
    attempt integer NOT NULL,
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    claimed_at timestamptz NOT NULL,
    PRIMARY KEY (reply_id, attempt)
);

CREATE INDEX reply_claims_by_user ON reply_claims (user_id, claimed_at);

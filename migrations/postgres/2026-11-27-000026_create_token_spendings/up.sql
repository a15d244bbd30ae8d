-- Tokens of the attempts at replies, on which quotas count: estimated while an attempt runs, and as
-- the model told, if it did, from its end on.
CREATE TABLE token_spendings (
    reply_id uuid NOT NULL REFERENCES replies (id) ON DELETE CASCADE,
    attempt integer NOT NULL,
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    spent_at timestamptz NOT NULL,
    tokens bigint NOT NULL CHECK (tokens >= 0),
    PRIMARY KEY (reply_id, attempt)
);

-- Sums are read from these alone.
CREATE INDEX token_spendings_by_user ON token_spendings (user_id, spent_at) INCLUDE (tokens);
CREATE INDEX token_spendings_by_time ON token_spendings (spent_at) INCLUDE (tokens);

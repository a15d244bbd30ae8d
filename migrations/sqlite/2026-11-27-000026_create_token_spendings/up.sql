-- Tokens of the attempts at replies, on which quotas count: estimated while an attempt runs, and as
-- the model told, if it did, from its end on.
CREATE TABLE token_spendings (
    reply_id TEXT NOT NULL REFERENCES replies (id) ON DELETE CASCADE,
    attempt INTEGER NOT NULL,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    spent_at INTEGER NOT NULL,
    tokens INTEGER NOT NULL CHECK (tokens >= 0),
    PRIMARY KEY (reply_id, attempt)
) STRICT, WITHOUT ROWID;

-- Sums are read from these alone.
CREATE INDEX token_spendings_by_user ON token_spendings (user_id, spent_at, tokens);
CREATE INDEX token_spendings_by_time ON token_spendings (spent_at, tokens);

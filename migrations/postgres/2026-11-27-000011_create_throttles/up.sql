-- Whose bucket it is stays unsaid: `key` is a SHA-256.
CREATE TABLE throttles (
    key bytea PRIMARY KEY CHECK (length(key) = 32),
    full_at timestamptz NOT NULL
);

CREATE INDEX throttles_by_full_at ON throttles (full_at);

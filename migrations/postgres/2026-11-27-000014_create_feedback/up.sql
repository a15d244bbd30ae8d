CREATE TABLE feedback (
    message_id uuid PRIMARY KEY REFERENCES messages (id) ON DELETE CASCADE,
    rating text NOT NULL CHECK (rating IN ('up', 'down')),
    comment text CHECK (char_length(comment) <= 2000),
    updated_at timestamptz NOT NULL
);

CREATE INDEX feedback_by_age ON feedback (updated_at);

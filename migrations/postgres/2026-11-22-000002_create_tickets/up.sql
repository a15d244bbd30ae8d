CREATE TABLE tickets (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    title text NOT NULL CHECK (char_length(title) BETWEEN 1 AND 200),
    description text NOT NULL CHECK (char_length(description) BETWEEN 1 AND 10000),
    category text CHECK (char_length(category) BETWEEN 1 AND 64),
    priority text NOT NULL CHECK (priority IN ('low', 'normal', 'high', 'urgent')),
    status text NOT NULL CHECK (status IN ('open', 'pending', 'resolved', 'closed')),
    assignee_id uuid REFERENCES users (id) ON DELETE SET NULL,
    assistant_enabled boolean NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version bigint NOT NULL CHECK (version >= 1)
);

-- Lists are newest first: everybody's, one customer's, those of one status, and both.
CREATE INDEX tickets_by_age ON tickets (created_at DESC, id DESC);
CREATE INDEX tickets_by_user ON tickets (user_id, created_at DESC, id DESC);
CREATE INDEX tickets_by_status ON tickets (status, created_at DESC, id DESC);
CREATE INDEX tickets_by_user_and_status ON tickets (user_id, status, created_at DESC, id DESC);

CREATE TABLE tickets (
    id TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 36),
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    title TEXT NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
    description TEXT NOT NULL CHECK (length(description) BETWEEN 1 AND 10000),
    category TEXT CHECK (length(category) BETWEEN 1 AND 64),
    priority TEXT NOT NULL CHECK (priority IN ('low', 'normal', 'high', 'urgent')),
    status TEXT NOT NULL CHECK (status IN ('open', 'pending', 'resolved', 'closed')),
    assignee_id TEXT REFERENCES users (id) ON DELETE SET NULL,
    assistant_enabled INTEGER NOT NULL CHECK (assistant_enabled IN (0, 1)),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL CHECK (version >= 1)
) STRICT;

-- Lists are newest first: everybody's, one customer's, those of one status, and both.
CREATE INDEX tickets_by_age ON tickets (created_at DESC, id DESC);
CREATE INDEX tickets_by_user ON tickets (user_id, created_at DESC, id DESC);
CREATE INDEX tickets_by_status ON tickets (status, created_at DESC, id DESC);
-- Without it SQLite would read every customer's tickets of a status to list one customer's.
CREATE INDEX tickets_by_user_and_status ON tickets (user_id, status, created_at DESC, id DESC);

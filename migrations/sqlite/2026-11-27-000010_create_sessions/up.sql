-- The secrets are not kept: `family` and `generation` are the SHA-256 of a refresh token's parts.
CREATE TABLE sessions (
    id TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 36),
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    family BLOB NOT NULL UNIQUE CHECK (length(family) = 32),
    generation BLOB NOT NULL CHECK (length(generation) = 32)
) STRICT;

CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE INDEX sessions_by_end ON sessions (expires_at);

CREATE INDEX users_newest_first ON users (created_at DESC, id DESC);
CREATE INDEX active_admins ON users (id) WHERE role = 'admin' AND disabled_at IS NULL;

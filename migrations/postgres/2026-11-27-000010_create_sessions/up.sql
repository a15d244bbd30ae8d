-- The secrets are not kept: `family` and `generation` are the SHA-256 of a refresh token's parts.
CREATE TABLE sessions (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    family bytea NOT NULL UNIQUE CHECK (length(family) = 32),
    generation bytea NOT NULL CHECK (length(generation) = 32)
);

CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE INDEX sessions_by_end ON sessions (expires_at);

CREATE INDEX users_newest_first ON users (created_at DESC, id DESC);
CREATE INDEX active_admins ON users (id) WHERE role = 'admin' AND disabled_at IS NULL;

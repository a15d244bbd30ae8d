-- Of tokens that are there nobody knows the session; clients ask for new ones.
DROP TABLE stream_tokens;
-- The secrets are not kept: `digest` is their SHA-256.
CREATE TABLE stream_tokens (
    digest BLOB NOT NULL PRIMARY KEY CHECK (length(digest) = 32),
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    ticket_id TEXT NOT NULL REFERENCES tickets (id) ON DELETE CASCADE,
    expires_at INTEGER NOT NULL,
    reply_id TEXT REFERENCES replies (id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE INDEX unused_stream_tokens ON stream_tokens (expires_at) WHERE reply_id IS NULL;
CREATE INDEX stream_tokens_by_reply ON stream_tokens (reply_id) WHERE reply_id IS NOT NULL;
-- Rows of these go when a user, a session or a ticket does.
CREATE INDEX stream_tokens_by_user ON stream_tokens (user_id);
CREATE INDEX stream_tokens_by_session ON stream_tokens (session_id);
CREATE INDEX stream_tokens_by_ticket ON stream_tokens (ticket_id);

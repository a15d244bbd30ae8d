CREATE TABLE messages (
    id TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 36),
    ticket_id TEXT NOT NULL REFERENCES tickets (id) ON DELETE CASCADE,
    position INTEGER NOT NULL CHECK (position >= 1),
    author TEXT NOT NULL CHECK (author IN ('customer', 'agent', 'assistant')),
    author_id TEXT REFERENCES users (id),
    content TEXT NOT NULL,
    visibility TEXT NOT NULL CHECK (visibility IN ('public', 'internal')),
    in_reply_to TEXT REFERENCES messages (id),
    reply_id TEXT UNIQUE REFERENCES replies (id),
    is_complete INTEGER NOT NULL CHECK (is_complete IN (0, 1)),
    created_at INTEGER NOT NULL,
    UNIQUE (ticket_id, position),
    CHECK ((author = 'assistant') = (author_id IS NULL)),
    CHECK ((author = 'assistant') = (reply_id IS NOT NULL)),
    CHECK (author = 'assistant' OR length(content) BETWEEN 1 AND 10000),
    CHECK (author = 'assistant' OR is_complete)
) STRICT;

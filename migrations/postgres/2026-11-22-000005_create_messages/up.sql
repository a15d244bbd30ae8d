CREATE TABLE messages (
    id uuid PRIMARY KEY,
    ticket_id uuid NOT NULL REFERENCES tickets (id) ON DELETE CASCADE,
    position bigint NOT NULL CHECK (position >= 1),
    author text NOT NULL CHECK (author IN ('customer', 'agent', 'assistant')),
    author_id uuid REFERENCES users (id),
    content text NOT NULL,
    visibility text NOT NULL CHECK (visibility IN ('public', 'internal')),
    in_reply_to uuid REFERENCES messages (id),
    reply_id uuid UNIQUE REFERENCES replies (id),
    is_complete boolean NOT NULL,
    created_at timestamptz NOT NULL,
    UNIQUE (ticket_id, position),
    CHECK ((author = 'assistant') = (author_id IS NULL)),
    CHECK ((author = 'assistant') = (reply_id IS NOT NULL)),
    CHECK (author = 'assistant' OR char_length(content) BETWEEN 1 AND 10000),
    CHECK (author = 'assistant' OR is_complete)
);

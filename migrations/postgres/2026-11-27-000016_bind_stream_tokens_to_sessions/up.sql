-- Of tokens that are there nobody knows the session; clients ask for new ones.
DELETE FROM stream_tokens;
ALTER TABLE stream_tokens
    ADD COLUMN session_id uuid NOT NULL REFERENCES sessions (id) ON DELETE CASCADE;

CREATE INDEX stream_tokens_by_session ON stream_tokens (session_id);

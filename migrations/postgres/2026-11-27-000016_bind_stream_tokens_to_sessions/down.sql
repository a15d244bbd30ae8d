DROP INDEX stream_tokens_by_session;
ALTER TABLE stream_tokens DROP COLUMN session_id;

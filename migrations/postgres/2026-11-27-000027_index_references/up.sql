-- Deleting a ticket or an account asks for these rows, one deletion after the other.
CREATE INDEX messages_by_reference ON messages (in_reply_to) WHERE in_reply_to IS NOT NULL;
CREATE INDEX messages_by_author ON messages (author_id) WHERE author_id IS NOT NULL;
CREATE INDEX replies_by_user ON replies (user_id);

CREATE INDEX replies_by_age ON replies (created_at);

ALTER TABLE tickets ADD COLUMN tags text[] NOT NULL DEFAULT '{}' CHECK (cardinality(tags) <= 20);

-- Most tickets have no tags.
CREATE INDEX tickets_by_tag ON tickets USING gin (tags) WHERE tags <> '{}';
CREATE INDEX tickets_by_assignee ON tickets (assignee_id, created_at DESC, id DESC)
WHERE assignee_id IS NOT NULL;

-- Lists by the last change: everybody's, one customer's and those of one status.
CREATE INDEX tickets_by_change ON tickets (updated_at DESC, id DESC);
CREATE INDEX tickets_by_user_and_change ON tickets (user_id, updated_at DESC, id DESC);
CREATE INDEX tickets_by_status_and_change ON tickets (status, updated_at DESC, id DESC);

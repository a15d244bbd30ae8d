ALTER TABLE tickets ADD COLUMN tags TEXT NOT NULL DEFAULT '[]'
    CHECK (json_type(tags) = 'array' AND json_array_length(tags) <= 20);

-- The same tags, to find tickets by.
CREATE TABLE ticket_tags (
    tag TEXT NOT NULL,
    ticket_id TEXT NOT NULL REFERENCES tickets (id) ON DELETE CASCADE,
    PRIMARY KEY (tag, ticket_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX ticket_tags_by_ticket ON ticket_tags (ticket_id);

CREATE TRIGGER ticket_tags_on_insert AFTER INSERT ON tickets WHEN new.tags <> '[]' BEGIN
    INSERT INTO ticket_tags (tag, ticket_id) SELECT value, new.id FROM json_each(new.tags);
END;

CREATE TRIGGER ticket_tags_on_update AFTER UPDATE OF tags ON tickets
WHEN new.tags <> old.tags BEGIN
    DELETE FROM ticket_tags WHERE ticket_id = new.id;
    INSERT INTO ticket_tags (tag, ticket_id) SELECT value, new.id FROM json_each(new.tags);
END;

CREATE INDEX tickets_by_assignee ON tickets (assignee_id, created_at DESC, id DESC)
WHERE assignee_id IS NOT NULL;

-- Lists by the last change: everybody's, one customer's and those of one status.
CREATE INDEX tickets_by_change ON tickets (updated_at DESC, id DESC);
CREATE INDEX tickets_by_user_and_change ON tickets (user_id, updated_at DESC, id DESC);
CREATE INDEX tickets_by_status_and_change ON tickets (status, updated_at DESC, id DESC);

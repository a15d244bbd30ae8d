-- A ticket's title and description are one text, each public message another.
CREATE TABLE search_texts (
    id INTEGER NOT NULL PRIMARY KEY,
    ticket_id TEXT NOT NULL REFERENCES tickets (id) ON DELETE CASCADE,
    message_id TEXT UNIQUE REFERENCES messages (id) ON DELETE CASCADE
) STRICT;

CREATE INDEX search_texts_by_ticket ON search_texts (ticket_id);

-- Stems, by which `refund` finds `refunds`, and the words as they are, by which `shippi` finds
-- `shipping`. The texts themselves stay where they are.
CREATE VIRTUAL TABLE search_stems USING fts5 (
    title, body, content = '', contentless_delete = 1,
    tokenize = 'porter unicode61 remove_diacritics 2'
);
CREATE VIRTUAL TABLE search_words USING fts5 (
    title, body, content = '', contentless_delete = 1,
    tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'
);

CREATE TRIGGER index_new_text AFTER INSERT ON search_texts BEGIN
    INSERT INTO search_stems (rowid, title, body)
    SELECT new.id, title, description FROM tickets
    WHERE id = new.ticket_id AND new.message_id IS NULL
    UNION ALL SELECT new.id, '', content FROM messages WHERE id = new.message_id;
    INSERT INTO search_words (rowid, title, body)
    SELECT new.id, title, description FROM tickets
    WHERE id = new.ticket_id AND new.message_id IS NULL
    UNION ALL SELECT new.id, '', content FROM messages WHERE id = new.message_id;
END;

CREATE TRIGGER forget_text AFTER DELETE ON search_texts BEGIN
    DELETE FROM search_stems WHERE rowid = old.id;
    DELETE FROM search_words WHERE rowid = old.id;
END;

CREATE TRIGGER index_new_ticket AFTER INSERT ON tickets BEGIN
    INSERT INTO search_texts (ticket_id) VALUES (new.id);
END;

CREATE TRIGGER index_changed_ticket AFTER UPDATE OF title, description ON tickets
WHEN old.title <> new.title OR old.description <> new.description BEGIN
    DELETE FROM search_texts WHERE ticket_id = new.id AND message_id IS NULL;
    INSERT INTO search_texts (ticket_id) VALUES (new.id);
END;

CREATE TRIGGER index_new_message AFTER INSERT ON messages WHEN new.visibility = 'public' BEGIN
    INSERT INTO search_texts (ticket_id, message_id) VALUES (new.ticket_id, new.id);
END;

INSERT INTO search_texts (ticket_id) SELECT id FROM tickets;
INSERT INTO search_texts (ticket_id, message_id)
SELECT ticket_id, id FROM messages WHERE visibility = 'public';

-- One row. Whoever changes articles or synonyms raises the number, so that every process sees when
-- its index is out of date.
CREATE TABLE knowledge (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    revision INTEGER NOT NULL
) STRICT;
INSERT INTO knowledge (id, revision) VALUES (1, 1);

-- One row. Whoever changes articles or synonyms locks it first and raises the number, so that every
-- process sees when its index is out of date.
CREATE TABLE knowledge (
    id integer PRIMARY KEY CHECK (id = 1),
    revision bigint NOT NULL
);
INSERT INTO knowledge (id, revision) VALUES (1, 1);

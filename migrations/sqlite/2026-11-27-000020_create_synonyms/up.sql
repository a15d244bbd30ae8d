-- At most one row: an array of groups, each an array of texts. Without it the program's own are
-- used.
CREATE TABLE synonyms (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    groups TEXT NOT NULL
) STRICT;

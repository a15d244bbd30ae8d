-- At most one row: the sample articles are installed once in a store's life.
CREATE TABLE sample_installations (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    installed_at INTEGER NOT NULL
) STRICT;

-- At most one row: the sample articles are installed once in a store's life.
CREATE TABLE sample_installations (
    id integer PRIMARY KEY CHECK (id = 1),
    installed_at timestamptz NOT NULL
);

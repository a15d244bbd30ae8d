-- Rows are only ever added. Without parts, a version withdraws those before it. The author outlives
-- the account, so it refers to none.
CREATE TABLE prompt_templates (
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 64),
    version INTEGER NOT NULL CHECK (version >= 1),
    system_part TEXT CHECK (length(system_part) BETWEEN 1 AND 32768),
    user_part TEXT CHECK (length(user_part) BETWEEN 1 AND 32768),
    author_id TEXT NOT NULL CHECK (length(author_id) = 36),
    created_at INTEGER NOT NULL,
    PRIMARY KEY (name, version),
    CHECK ((system_part IS NULL) = (user_part IS NULL))
) STRICT, WITHOUT ROWID;

-- Rows are only ever added. Without parts, a version withdraws those before it. The author outlives
-- the account, so it refers to none.
CREATE TABLE prompt_templates (
    -- Sorted by bytes, as the other store does.
    name text COLLATE "C" NOT NULL CHECK (char_length(name) BETWEEN 1 AND 64),
    version integer NOT NULL CHECK (version >= 1),
    system_part text CHECK (char_length(system_part) BETWEEN 1 AND 32768),
    user_part text CHECK (char_length(user_part) BETWEEN 1 AND 32768),
    author_id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (name, version),
    CHECK ((system_part IS NULL) = (user_part IS NULL))
);

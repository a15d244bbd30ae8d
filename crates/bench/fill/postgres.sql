-- Tickets of others, every tenth with a message, over a year until now. Rows by the million come with
-- neither triggers nor indexes; what these make of a row is made here for all rows at once. There are
-- few texts, so that their words are looked at but once.
BEGIN;
SET LOCAL session_replication_role = replica;
SET LOCAL maintenance_work_mem = '512MB';

CREATE TEMP TABLE indexes ON COMMIT DROP AS
SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS definition FROM pg_index
WHERE NOT indisunique AND indrelid IN (
    'tickets'::regclass, 'messages'::regclass, 'search_texts'::regclass
);
DO $$
DECLARE
    index text;
BEGIN
    FOR index IN SELECT name FROM indexes LOOP EXECUTE 'DROP INDEX ' || index; END LOOP;
END
$$;

INSERT INTO users (id, email, password_hash, role, created_at)
SELECT gen_random_uuid(), 'other-' || n || '@example.com', '-', 'user', now()
FROM generate_series(0, :tickets / 100) AS n;

CREATE TEMP TABLE texts ON COMMIT DROP AS
SELECT
    n, title, description, content,
    setweight(to_tsvector('english', search_words(title)), 'A') AS title_stems,
    to_tsvector('simple', search_words(title)) AS title_words,
    setweight(to_tsvector('english', search_words(description)), 'D') AS description_stems,
    to_tsvector('simple', search_words(description)) AS description_words,
    setweight(to_tsvector('english', search_words(content)), 'D') AS content_stems,
    to_tsvector('simple', search_words(content)) AS content_words
FROM (
    SELECT
        n,
        'Where is my parcel p' || n || '?' AS title,
        'Carrier c' || n % 50 || ' said on Monday that depot d' || n % 300 || ' has it.'
        || CASE WHEN n % 100 = 0 THEN ' And my password is wrong.' ELSE '' END AS description,
        'Depot d' || n % 300 || ' still knows nothing.' AS content
    FROM generate_series(0, 1999) AS n
) AS t;

CREATE TEMP TABLE others ON COMMIT DROP AS
SELECT
    n, at, users.id AS user_id,
    -- Of version 7, so in the order of time.
    (
        lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0')
        || '70008000' || lpad(to_hex(n), 12, '0')
    )::uuid AS id
FROM
    (
        SELECT n, now() - (:tickets - n) * (interval '1 year' / :tickets) AS at
        FROM generate_series(1, :tickets) AS n
    ) AS t
INNER JOIN users ON users.email = 'other-' || n % (:tickets / 100) || '@example.com';

INSERT INTO tickets (
    id, user_id, title, description, priority, status, assistant_enabled, created_at, updated_at,
    version
)
SELECT
    id, user_id, title, description, 'normal',
    (ARRAY['open', 'pending', 'resolved', 'closed'])[1 + others.n % 4], TRUE, at, at, 1
FROM others INNER JOIN texts ON texts.n = others.n % 2000;

INSERT INTO messages (
    id, ticket_id, position, author, author_id, content, visibility, is_complete, created_at
)
SELECT gen_random_uuid(), id, 1, 'customer', user_id, content, 'public', TRUE, at
FROM others INNER JOIN texts ON texts.n = others.n % 2000
WHERE others.n % 10 = 0;

INSERT INTO search_texts (ticket_id, stems, words)
SELECT id, title_stems, title_words
FROM others INNER JOIN texts ON texts.n = others.n % 2000
UNION ALL
SELECT id, description_stems, description_words
FROM others INNER JOIN texts ON texts.n = others.n % 2000;

INSERT INTO search_texts (ticket_id, message_id, stems, words)
SELECT others.id, messages.id, content_stems, content_words
FROM others
INNER JOIN texts ON texts.n = others.n % 2000
INNER JOIN messages ON messages.ticket_id = others.id;

DO $$
DECLARE
    index text;
BEGIN
    FOR index IN SELECT definition FROM indexes LOOP EXECUTE index; END LOOP;
END
$$;
COMMIT;
VACUUM ANALYZE;
-- What it has to write for all that is not of the requests that follow.
CHECKPOINT;

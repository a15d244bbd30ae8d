-- The same as for PostgreSQL. Times are in microseconds.
INSERT INTO users (id, email, password_hash, role, created_at)
WITH RECURSIVE numbers (n) AS (
    SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < {tickets} / 100
)
SELECT
    format('%08x-0000-7000-8000-%012x', n, n), format('other-%d@example.com', n), '-', 'user',
    unixepoch() * 1000000
FROM numbers;

CREATE TEMP TABLE others AS
WITH RECURSIVE numbers (n) AS (
    SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {tickets}
),
times (n, at) AS (
    SELECT n, unixepoch() * 1000 - ({tickets} - n) * (31557600000 / {tickets}) FROM numbers
)
SELECT
    n, n % 2000 AS text, at * 1000 AS at,
    format('%08x-%04x-7000-8000-%012x', at >> 16, at & 65535, n) AS id,
    format('%08x-0000-7000-8000-%012x', n % ({tickets} / 100), n % ({tickets} / 100)) AS user_id
FROM times;

INSERT INTO tickets (
    id, user_id, title, description, priority, status, assistant_enabled, created_at, updated_at,
    version
)
SELECT
    id, user_id, format('Where is my parcel p%d?', text),
    format('Carrier c%d said on Monday that depot d%d has it.', text % 50, text % 300)
    || iif(text % 100 = 0, ' And my password is wrong.', ''),
    'normal',
    CASE n % 4 WHEN 0 THEN 'open' WHEN 1 THEN 'pending' WHEN 2 THEN 'resolved' ELSE 'closed' END,
    1, at, at, 1
FROM others ORDER BY n;

INSERT INTO messages (
    id, ticket_id, position, author, author_id, content, visibility, is_complete, created_at
)
SELECT
    format('%08x-0000-4000-8000-%012x', abs(random() % 4294967296), n), id, 1, 'customer', user_id,
    format('Depot d%d still knows nothing.', text % 300), 'public', 1, at
FROM others WHERE n % 10 = 0;

CREATE TEMP TABLE before AS SELECT coalesce(max(id), 0) AS id FROM search_texts;
INSERT INTO search_texts (ticket_id) SELECT id FROM others ORDER BY n;
INSERT INTO search_texts (ticket_id, message_id)
SELECT messages.ticket_id, messages.id
FROM others INNER JOIN messages ON messages.ticket_id = others.id
WHERE n % 10 = 0;

CREATE TEMP TABLE texts AS
SELECT search_texts.id, title, description AS body
FROM search_texts INNER JOIN tickets ON tickets.id = search_texts.ticket_id
WHERE message_id IS NULL AND search_texts.id > (SELECT id FROM before)
UNION ALL
SELECT search_texts.id, '', content
FROM search_texts INNER JOIN messages ON messages.id = search_texts.message_id
WHERE search_texts.id > (SELECT id FROM before);
INSERT INTO search_stems (rowid, title, body) SELECT id, title, body FROM texts;
INSERT INTO search_words (rowid, title, body) SELECT id, title, body FROM texts;

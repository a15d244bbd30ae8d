-- Replies that run, each on a ticket of its own. Their ids are those of their tickets.
INSERT INTO users (id, email, password_hash, role, created_at)
VALUES (gen_random_uuid(), 'writer@example.com', '-', 'user', now());

INSERT INTO tickets (
    id, user_id, title, description, priority, status, assistant_enabled, created_at, updated_at,
    version
)
SELECT
    lpad(n::text, 32, '0')::uuid, users.id, 'Late', 'Where is my parcel?', 'normal', 'open', TRUE,
    now(), now(), 1
FROM generate_series(1, :replies) AS n
INNER JOIN users ON users.email = 'writer@example.com';

INSERT INTO replies (
    id, ticket_id, user_id, question_id, attempt, status, last_sequence, text, model, sources,
    created_at, attempt_started_at, epoch, owner, lease_until, trimmed
)
SELECT
    tickets.id, tickets.id, tickets.user_id, tickets.id, 1, 'streaming', 0, '', 'model', '[]',
    now(), now(), 1, tickets.id, now() + interval '1 day', FALSE
FROM tickets
INNER JOIN users ON users.id = tickets.user_id
WHERE users.email = 'writer@example.com';

ANALYZE replies;

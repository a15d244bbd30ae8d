WITH batch AS (
    SELECT *
    FROM unnest($1, $2, $3, $4, $5) WITH ORDINALITY
        AS batch (reply_id, owner, epoch, first, last, place)
), held AS MATERIALIZED (
    -- In the order of ids, so that two writers cannot wait for each other.
    SELECT batch.place, replies.id, batch.last,
        replies.status = 'streaming' AND replies.last_sequence + 1 = batch.first AS fits
    FROM replies
    JOIN batch ON batch.reply_id = replies.id
    WHERE replies.epoch = batch.epoch AND replies.owner = batch.owner
    ORDER BY replies.id
    FOR UPDATE OF replies
), logged AS (
    INSERT INTO reply_events (reply_id, sequence, attempt, kind, text_end, text, reason)
    SELECT held.id, event.sequence, event.attempt, event.kind, event.text_end, event.text,
        event.reason
    FROM unnest($6, $7, $8, $9, $10, $11, $12)
        AS event (place, sequence, attempt, kind, text_end, text, reason)
    JOIN held ON held.place = event.place AND held.fits
), moved AS (
    UPDATE replies SET last_sequence = held.last
    FROM held
    WHERE replies.id = held.id AND held.fits
), notified AS MATERIALIZED (
    SELECT pg_notify($13, $14 || string_agg(' ' || part.id || ':' || part.last, ''))
    FROM (
        SELECT id, last, (row_number() OVER () - 1) / $15 AS number FROM held WHERE fits
    ) AS part
    GROUP BY part.number
)
SELECT held.place, held.fits FROM held
-- For this transaction only.
WHERE (SELECT set_config('synchronous_commit', 'off', TRUE)) IS NOT NULL
    AND (SELECT count(*) FROM notified) IS NOT NULL

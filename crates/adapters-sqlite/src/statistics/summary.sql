WITH opened AS (
    SELECT
        count(*) FILTER (WHERE status = 'open') AS open,
        count(*) FILTER (WHERE status = 'pending') AS pending,
        count(*) FILTER (WHERE status = 'resolved') AS resolved,
        count(*) FILTER (WHERE status = 'closed') AS closed,
        count(*) FILTER (WHERE NOT assistant_enabled) AS handed_off,
        count(*) FILTER (WHERE handoff_reason = 'requested') AS handoffs_requested,
        count(*) FILTER (WHERE handoff_reason = 'turns') AS handoffs_turns,
        count(*) FILTER (WHERE handoff_reason = 'quota') AS handoffs_quota,
        count(*) FILTER (WHERE handoff_reason = 'upstream_down') AS handoffs_upstream_down,
        count(*) FILTER (WHERE handoff_reason = 'nothing_found') AS handoffs_nothing_found,
        count(*) FILTER (WHERE handoff_reason = 'customer') AS handoffs_customer,
        count(*) FILTER (WHERE handoff_reason = 'agent') AS handoffs_agent
    FROM tickets
    WHERE created_at >= ?1 AND created_at < ?2
), begun AS (
    SELECT
        status,
        attempt,
        input_tokens,
        output_tokens,
        first_token_at - created_at AS first_token,
        CASE WHEN status IN ('completed', 'incomplete') THEN ended_at - created_at END AS answer
    FROM replies
    WHERE created_at >= ?1 AND created_at < ?2
), counted AS (
    SELECT
        count(*) FILTER (WHERE status = 'queued') AS queued,
        count(*) FILTER (WHERE status = 'streaming') AS streaming,
        count(*) FILTER (WHERE status = 'completed') AS completed,
        count(*) FILTER (WHERE status = 'incomplete') AS incomplete,
        count(*) FILTER (WHERE status = 'cancelled') AS cancelled,
        count(*) FILTER (WHERE status = 'failed') AS failed,
        coalesce(sum(attempt), 0) AS attempts,
        coalesce(sum(input_tokens), 0) AS input_tokens,
        coalesce(sum(output_tokens), 0) AS output_tokens
    FROM begun
), first_tokens AS (
    SELECT first_token, row_number() OVER (ORDER BY first_token) AS rank, count(*) OVER () AS n
    FROM begun
    WHERE first_token IS NOT NULL
), answers AS (
    SELECT answer, row_number() OVER (ORDER BY answer) AS rank, count(*) OVER () AS n
    FROM begun
    WHERE answer IS NOT NULL
), first_token_ranks AS (
    SELECT
        max(first_token) FILTER (WHERE rank = (n * 50 + 99) / 100) AS first_token_p50,
        max(first_token) FILTER (WHERE rank = (n * 90 + 99) / 100) AS first_token_p90,
        max(first_token) FILTER (WHERE rank = (n * 99 + 99) / 100) AS first_token_p99
    FROM first_tokens
), answer_ranks AS (
    SELECT
        max(answer) FILTER (WHERE rank = (n * 50 + 99) / 100) AS answer_p50,
        max(answer) FILTER (WHERE rank = (n * 90 + 99) / 100) AS answer_p90,
        max(answer) FILTER (WHERE rank = (n * 99 + 99) / 100) AS answer_p99
    FROM answers
), rated AS (
    SELECT
        count(*) FILTER (WHERE rating = 'up') AS rated_up,
        count(*) FILTER (WHERE rating = 'down') AS rated_down
    FROM feedback
    WHERE updated_at >= ?1 AND updated_at < ?2
)
SELECT * FROM opened, counted, first_token_ranks, answer_ranks, rated

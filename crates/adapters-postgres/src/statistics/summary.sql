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
    WHERE created_at >= $1 AND created_at < $2
), begun AS (
    SELECT
        status,
        attempt,
        input_tokens,
        output_tokens,
        (extract(epoch FROM first_token_at - created_at) * 1000000)::bigint AS first_token,
        CASE WHEN status IN ('completed', 'incomplete')
            THEN (extract(epoch FROM ended_at - created_at) * 1000000)::bigint END AS answer
    FROM replies
    WHERE created_at >= $1 AND created_at < $2
), counted AS (
    SELECT
        count(*) FILTER (WHERE status = 'queued') AS queued,
        count(*) FILTER (WHERE status = 'streaming') AS streaming,
        count(*) FILTER (WHERE status = 'completed') AS completed,
        count(*) FILTER (WHERE status = 'incomplete') AS incomplete,
        count(*) FILTER (WHERE status = 'cancelled') AS cancelled,
        count(*) FILTER (WHERE status = 'failed') AS failed,
        coalesce(sum(attempt), 0)::bigint AS attempts,
        coalesce(sum(input_tokens), 0)::bigint AS input_tokens,
        coalesce(sum(output_tokens), 0)::bigint AS output_tokens,
        percentile_disc(0.5) WITHIN GROUP (ORDER BY first_token) AS first_token_p50,
        percentile_disc(0.9) WITHIN GROUP (ORDER BY first_token) AS first_token_p90,
        percentile_disc(0.99) WITHIN GROUP (ORDER BY first_token) AS first_token_p99,
        percentile_disc(0.5) WITHIN GROUP (ORDER BY answer) AS answer_p50,
        percentile_disc(0.9) WITHIN GROUP (ORDER BY answer) AS answer_p90,
        percentile_disc(0.99) WITHIN GROUP (ORDER BY answer) AS answer_p99
    FROM begun
), rated AS (
    SELECT
        count(*) FILTER (WHERE rating = 'up') AS rated_up,
        count(*) FILTER (WHERE rating = 'down') AS rated_down
    FROM feedback
    WHERE updated_at >= $1 AND updated_at < $2
)
SELECT * FROM opened, counted, rated

-- POST /tickets/{id}/messages, each client in a ticket of its own
SELECT users.id, users.email, users.password_hash, users.role, users.created_at, users.disabled_at
  FROM (sessions INNER JOIN users ON (users.id = sessions.user_id)) WHERE (((sessions.expires_at >
  now()) AND (users.disabled_at IS NULL)) AND (sessions.id = :session)) LIMIT 1;
SELECT tickets.id, tickets.user_id, tickets.title, tickets.description, tickets.category,
  tickets.priority, tickets.status, tickets.assignee_id, tickets.assistant_enabled,
  tickets.handoff_reason, tickets.handed_off_at, tickets.turns, tickets.created_at,
  tickets.updated_at, tickets.version, tickets.tags FROM tickets WHERE (tickets.id =
  (:tickets::uuid[])[:client_id + 1]) LIMIT 1;
BEGIN;
SELECT tickets.id, tickets.user_id, tickets.title, tickets.description, tickets.category,
  tickets.priority, tickets.status, tickets.assignee_id, tickets.assistant_enabled,
  tickets.handoff_reason, tickets.handed_off_at, tickets.turns, tickets.created_at,
  tickets.updated_at, tickets.version, tickets.tags FROM tickets WHERE (tickets.id =
  (:tickets::uuid[])[:client_id + 1]) LIMIT 1 FOR UPDATE
\gset ticket_
SELECT coalesce(max(messages.position), 0) + 1 AS position FROM messages WHERE (messages.ticket_id =
  :ticket_id) LIMIT 1
\gset message_
\startpipeline
INSERT INTO messages (id, ticket_id, position, author, author_id, content, visibility, in_reply_to,
  reply_id, is_complete, sources, created_at) VALUES (gen_random_uuid(), :ticket_id,
  :message_position, 'customer', :ticket_user_id, 'I tried that, and the mail with the link has not
  come. Is there another way?', 'public', NULL, NULL, true, '[]', clock_timestamp());
UPDATE tickets SET user_id = :ticket_user_id, title = :ticket_title, description =
  :ticket_description, category = NULL, priority = :ticket_priority, status = :ticket_status,
  assignee_id = NULL, assistant_enabled = :ticket_assistant_enabled, handoff_reason = NULL,
  handed_off_at = NULL, turns = :ticket_turns, created_at = :ticket_created_at, updated_at =
  clock_timestamp(), version = :ticket_version + 1, tags = :ticket_tags WHERE (tickets.id =
  :ticket_id);
SELECT replies.id, replies.ticket_id, replies.user_id, replies.question_id, replies.attempt,
  replies.status, replies.last_sequence, replies.restart_sequence, replies.restart_reason,
  replies.text, replies.model, replies.model_served, replies.template_name,
  replies.template_version, replies.sources, replies.input_tokens, replies.output_tokens,
  replies.message_id, replies.finish_reason, replies.cancel_reason, replies.cancelled_by,
  replies.error_code, replies.created_at, replies.attempt_started_at, replies.first_token_at,
  replies.ended_at, replies.epoch, replies.owner, replies.lease_until, replies.handoff_reason,
  replies.handovers, replies.trimmed, replies.prompt_sha256 FROM replies WHERE ((replies.ticket_id =
  :ticket_id) AND (replies.ended_at IS NULL)) LIMIT 1 FOR UPDATE;
\endpipeline
COMMIT;

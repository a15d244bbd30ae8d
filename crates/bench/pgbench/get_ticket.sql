-- GET /tickets/{id}
SELECT users.id, users.email, users.password_hash, users.role, users.created_at, users.disabled_at
  FROM (sessions INNER JOIN users ON (users.id = sessions.user_id)) WHERE (((sessions.expires_at >
  now()) AND (users.disabled_at IS NULL)) AND (sessions.id = :session)) LIMIT 1;
SELECT tickets.id, tickets.user_id, tickets.title, tickets.description, tickets.category,
  tickets.priority, tickets.status, tickets.assignee_id, tickets.assistant_enabled,
  tickets.handoff_reason, tickets.handed_off_at, tickets.turns, tickets.created_at,
  tickets.updated_at, tickets.version, tickets.tags FROM tickets WHERE (tickets.id = :ticket) LIMIT
  1;
SELECT messages.id, messages.ticket_id, messages.position, messages.author, messages.author_id,
  messages.content, messages.visibility, messages.in_reply_to, messages.reply_id,
  messages.is_complete, messages.sources, messages.created_at, feedback.message_id, feedback.rating,
  feedback.comment, feedback.updated_at FROM (messages LEFT OUTER JOIN feedback ON
  (feedback.message_id = messages.id)) WHERE (((messages.ticket_id = :ticket) AND (messages.position
  > 0)) AND (messages.visibility = 'public')) ORDER BY messages.position LIMIT 101;

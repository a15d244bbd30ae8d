-- GET /tickets?limit=50&q=password of the staff
SELECT users.id, users.email, users.password_hash, users.role, users.created_at, users.disabled_at
  FROM (sessions INNER JOIN users ON (users.id = sessions.user_id)) WHERE (((sessions.expires_at >
  now()) AND (users.disabled_at IS NULL)) AND (sessions.id = :session)) LIMIT 1;
SELECT tickets.id, tickets.user_id, tickets.title, tickets.description, tickets.category,
  tickets.priority, tickets.status, tickets.assignee_id, tickets.assistant_enabled,
  tickets.handoff_reason, tickets.handed_off_at, tickets.turns, tickets.created_at,
  tickets.updated_at, tickets.version, tickets.tags, search_score(tickets.id, '{password}') AS score
  FROM tickets WHERE (tickets.id = ANY(SELECT tickets.id FROM tickets WHERE tickets.id = ANY
  (ARRAY(SELECT ticket_id FROM search_texts WHERE stems @@ search_term('password') OR words @@
  search_beginning('password'))) ORDER BY tickets.created_at DESC, tickets.id DESC LIMIT 1000))
  ORDER BY score DESC, tickets.id DESC LIMIT 51;

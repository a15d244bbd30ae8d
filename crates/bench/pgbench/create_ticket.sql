-- POST /tickets
SELECT users.id, users.email, users.password_hash, users.role, users.created_at, users.disabled_at
  FROM (sessions INNER JOIN users ON (users.id = sessions.user_id)) WHERE (((sessions.expires_at >
  now()) AND (users.disabled_at IS NULL)) AND (sessions.id = :session)) LIMIT 1;
INSERT INTO tickets (id, user_id, title, description, category, priority, status, assignee_id,
  assistant_enabled, handoff_reason, handed_off_at, turns, created_at, updated_at, version, tags)
  VALUES (gen_random_uuid(), :user, 'I cannot sign in any more', 'Since this morning the app says
  that my password is wrong. I have not changed it. How do I get back into my account?', NULL,
  'normal', 'open', NULL, true, NULL, NULL, 0, clock_timestamp(), clock_timestamp(), 1, '{}');
